import type { Analysis, Copy, Finding, Polygon, Property } from '../api/analysis.js';
import type { Feature } from '../api/features.js';
import type { Messages } from '../language/english.js';
import { useLocale } from '../language/locale.js';
import { modelTitle } from '../language/model-title.js';
import { CopyCard } from '../parts/copy-card.jsx';
import { ProblemNotice } from '../parts/notice.jsx';
import type { Item } from '../state/workbench.js';
import { TextPanel } from './text-panel.jsx';

/** Models may have a property for each of hundreds of classes. */
const maxBars = 12;

interface Props {
  readonly item: Item;
  readonly analysis: Analysis;
  readonly page: number;
  readonly onPoint: (target: EventTarget | null) => void;
}

/** What was found, a section for each feature. */
export function Findings({ item, analysis, page, onPoint }: Props) {
  return (
    <>
      {analysis.findings.map((finding, index) => (
        <section key={index} class="finding">
          <Details finding={finding} name={item.name} page={page} onPoint={onPoint} />
        </section>
      ))}
    </>
  );
}

function Details({
  finding,
  ...rest
}: {
  readonly finding: Finding;
  readonly name: string;
  readonly page: number;
  readonly onPoint: (target: EventTarget | null) => void;
}) {
  const { say } = useLocale();
  switch (finding.kind) {
    case 'text':
      return <TextPanel pages={finding.pages} {...rest} />;
    case 'classes':
      return <Classes model={finding.model} properties={finding.properties} />;
    case 'faces':
      return <Faces faces={finding.faces} />;
    case 'copies':
      return <Copies count={finding.count} copies={finding.copies} />;
    case 'problem':
      break;
  }
  return <ProblemNotice problem={finding.problem} title={titleOf(finding.feature, say)} />;
}

function titleOf(feature: Feature, say: Messages): string {
  switch (feature.type) {
    case 'TEXT_DETECTION':
      return say.text;
    case 'CLASSIFICATION':
      return modelTitle(feature.classificationConfig.model, say);
    case 'FACE_DETECTION':
      return say.faces;
    case 'IMAGE_COPY_SEARCH':
      break;
  }
  return say.copies;
}

function Classes({ model, properties }: { readonly model: string; readonly properties: readonly Property[] }) {
  const { say, format } = useLocale();
  const shown = properties.toSorted((a, b) => b.probability - a.probability).slice(0, maxBars);
  return (
    <>
      <h2>{modelTitle(model, say)}</h2>
      {shown.length === 0 && <p class="hint">{say.noClasses}</p>}
      <ul class="bars">
        {shown.map(({ name, probability }) => (
          <li key={name}>
            <span>{name}</span>
            <div
              class="meter"
              role="meter"
              aria-label={name}
              aria-valuemin={0}
              aria-valuemax={1}
              aria-valuenow={probability}
              aria-valuetext={format.percent(probability)}
            >
              <span style={{ '--share': probability }} />
            </div>
            <span class="number">{format.percent(probability)}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

function Faces({ faces }: { readonly faces: readonly Polygon[] }) {
  const { say } = useLocale();
  return (
    <>
      <h2>{say.faces}</h2>
      <p class="hint">{say.faceCount(faces.length)}</p>
      <ul class="faces">
        {faces.map((_, index) => (
          <li key={index} data-key={`face.${index}`} data-label={say.face(index + 1)}>
            {say.face(index + 1)}
          </li>
        ))}
      </ul>
    </>
  );
}

function Copies({ count, copies }: { readonly count: number; readonly copies: readonly Copy[] }) {
  const { say } = useLocale();
  return (
    <>
      <h2>{say.copies}</h2>
      <p class="hint">{say.copyCount(count)}</p>
      <ul class="cards">
        {copies.map((copy, index) => (
          <li key={index}>
            <CopyCard {...copy} />
          </li>
        ))}
      </ul>
    </>
  );
}
