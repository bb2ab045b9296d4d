import { useRef, useState } from 'preact/hooks';
import type { Access } from '../api/call.js';
import { useLocale } from '../language/locale.js';
import { ProblemNotice } from '../parts/notice.jsx';
import type { Item } from '../state/workbench.js';
import { CodePanel } from './code-panel.jsx';
import { Findings } from './findings.jsx';
import { lightUp, readoutOf } from './light-up.js';
import { lineText, type Level } from './shapes.js';
import { Stage } from './stage.jsx';

/** A file and what was found in it, side by side. */
export function Workspace({
  item,
  access,
  onRetry,
}: {
  readonly item: Item;
  readonly access: Access;
  readonly onRetry: () => void;
}) {
  const { say, format } = useLocale();
  const [level, setLevel] = useState<Level>('words');
  const [page, setPage] = useState(0);
  const root = useRef<HTMLDivElement>(null);
  const readout = useRef<HTMLParagraphElement>(null);
  const { state } = item;
  const findings = state.kind === 'done' ? state.analysis.findings : [];

  const point = (target: EventTarget | null): void => {
    const found = target instanceof Element ? target.closest('[data-key]') : null;
    if (root.current === null) return;
    lightUp(root.current, found?.getAttribute('data-key') ?? undefined, found?.closest('.stage') !== null);
    if (readout.current !== null) readout.current.textContent = readoutOf(found, format);
  };

  return (
    <div class="workspace" ref={root} onPointerOver={({ target }) => point(target)} onPointerLeave={() => point(null)}>
      <div class="left">
        <Stage item={item} findings={findings} level={level} onLevel={setLevel} page={page} onPage={setPage} />
        <p class="readout" ref={readout} aria-hidden="true" />
      </div>
      <section class="results card" aria-label={say.results} aria-busy={state.kind === 'running'}>
        <Progress item={item} />
        {state.kind === 'failed' && (
          <ProblemNotice problem={state.problem} title={say.problem}>
            {item.prepared !== undefined && (
              <button type="button" onClick={onRetry}>
                {say.retry}
              </button>
            )}
          </ProblemNotice>
        )}
        {state.kind === 'idle' && (
          <p class="hint">{item.prepared?.kind === 'pdf' ? say.onlyTextInPdf : say.nothingChosen}</p>
        )}
        {state.kind === 'done' && (
          <>
            <Findings item={item} analysis={state.analysis} page={page} onPoint={point} />
            <CodePanel fileName={item.name} features={state.features} access={access} raw={state.analysis.raw} />
          </>
        )}
      </section>
    </div>
  );
}

/** Says how far the file is, to screen readers as well. */
function Progress({ item: { state, prepared } }: { readonly item: Item }) {
  const { say, format } = useLocale();
  const words = (): number =>
    state.kind === 'done'
      ? state.analysis.findings
          .flatMap((finding) => (finding.kind === 'text' ? finding.pages : []))
          .flatMap(({ blocks }) => blocks.flatMap(({ lines }) => lines.map(lineText)))
          .join(' ')
          .split(' ')
          .filter(Boolean).length
      : 0;
  const sentence = (): string => {
    switch (state.kind) {
      case 'done': {
        const count = words();
        const time = say.done(format.seconds(state.analysis.milliseconds));
        return count === 0 ? time : `${time} · ${say.words(count)}`;
      }
      case 'preparing':
      case 'waiting':
      case 'running':
        return say[state.kind];
      case 'failed':
      case 'idle':
        break;
    }
    return '';
  };
  const isBusy = state.kind === 'preparing' || state.kind === 'waiting' || state.kind === 'running';
  return (
    <>
      <p class="progress" role="status">
        {isBusy && <span class="spinner" aria-hidden="true" />}
        {sentence()}
      </p>
      {prepared?.kind === 'image' && prepared.isConverted && <p class="hint">{say.converted}</p>}
    </>
  );
}
