import type { Finding, Line, Polygon, TextPage } from '../api/analysis.js';
import { useLocale } from '../language/locale.js';
import type { Item } from '../state/workbench.js';
import { boundsOf, gradeOf, levels, pointsOf, shapesOf, type Level, type Shape } from './shapes.js';

interface Props {
  readonly item: Item;
  readonly findings: readonly Finding[];
  readonly level: Level;
  readonly onLevel: (level: Level) => void;
  /** From 0. */
  readonly page: number;
  readonly onPage: (page: number) => void;
}

/** The picture, or a page of a PDF, with what was found drawn over it. */
export function Stage(props: Props) {
  const { item, findings, level, onLevel } = props;
  const { say } = useLocale();
  const pages = findings.flatMap((finding) => (finding.kind === 'text' ? finding.pages : []));
  const faces = findings.flatMap((finding) => (finding.kind === 'faces' ? finding.faces : []));
  return (
    <figure class="stage card">
      <div class="toolbar">
        <fieldset class="segments">
          <legend class="offscreen">{say.outline}</legend>
          {levels.map((each) => (
            <label key={each}>
              <input type="radio" name="level" checked={each === level} onChange={() => onLevel(each)} />
              <span>{say.levels[each]}</span>
            </label>
          ))}
        </fieldset>
        {pages.length > 1 && <PageTurner {...props} count={pages.length} />}
      </div>
      <Picture {...props} text={pages[props.page]} faces={faces} />
      <figcaption class="offscreen">{item.name}</figcaption>
    </figure>
  );
}

function Picture({
  item: { name, prepared, url },
  level,
  page,
  text,
  faces,
}: Props & { readonly text: TextPage | undefined; readonly faces: readonly Polygon[] }) {
  const { say } = useLocale();
  if (prepared?.kind === 'image') {
    const { width, height } = text ?? prepared.size;
    return (
      <div class="picture">
        <img src={url} alt={say.pictureOf(name)} />
        <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
          {text !== undefined && <Shapes shapes={shapesOf(text, page, level)} />}
          {faces.map((face, index) => (
            <polygon
              key={index}
              class="shape is-face"
              data-key={`face.${index}`}
              data-label={say.face(index + 1)}
              points={pointsOf(face)}
            />
          ))}
        </svg>
      </div>
    );
  }
  if (prepared?.kind !== 'pdf' || text === undefined) return <div class="picture is-empty">{name}</div>;
  return (
    <div class="picture">
      <svg
        class="paper"
        viewBox={`0 0 ${text.width} ${text.height}`}
        style={{ '--ratio': text.width / Math.max(1, text.height) }}
        role="img"
        aria-label={say.blankPage(name, page + 1)}
      >
        <rect width={text.width} height={text.height} />
        <g class="printed">
          {text.blocks.flatMap(({ lines }, block) =>
            lines.map((line, index) => <PrintedLine key={`${block}.${index}`} line={line} />),
          )}
        </g>
        <Shapes shapes={shapesOf(text, page, level)} />
      </svg>
    </div>
  );
}

function Shapes({ shapes }: { readonly shapes: readonly Shape[] }) {
  return (
    <g>
      {shapes.map(({ key, polygon, text, confidence }) => (
        <polygon
          key={key}
          class={`shape ${confidence === undefined ? '' : `is-${gradeOf(confidence)}`}`}
          data-key={key}
          data-label={text}
          {...(confidence !== undefined && { 'data-confidence': confidence })}
          points={pointsOf(polygon)}
        />
      ))}
    </g>
  );
}

/** The words of a line where they are on their page, in one size: the page itself is not rendered here. */
function PrintedLine({ line: { polygon, words } }: { readonly line: Line }) {
  const { y, height } = boundsOf(polygon);
  return (
    <>
      {words.map((word, index) => {
        const { x, width } = boundsOf(word.polygon);
        return (
          <text
            key={index}
            x={x}
            y={y + height * 0.78}
            font-size={height * 0.8}
            textLength={width}
            lengthAdjust="spacingAndGlyphs"
          >
            {word.text}
          </text>
        );
      })}
    </>
  );
}

function PageTurner({ page, onPage, count }: Props & { readonly count: number }) {
  const { say } = useLocale();
  return (
    <div class="pages">
      <button
        type="button"
        class="icon"
        aria-label={say.previousPage}
        disabled={page === 0}
        onClick={() => onPage(page - 1)}
      >
        ‹
      </button>
      <span role="status">{say.page(page + 1, count)}</span>
      <button
        type="button"
        class="icon"
        aria-label={say.nextPage}
        disabled={page === count - 1}
        onClick={() => onPage(page + 1)}
      >
        ›
      </button>
    </div>
  );
}
