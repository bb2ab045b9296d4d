import { useEffect, useState } from 'preact/hooks';
import { apiUrl, type Access } from '../api/call.js';
import { readFigures, readState, readVersion, type ServerFigures, type ServerState } from '../api/server-state.js';
import type { Messages } from '../language/english.js';
import type { Format } from '../language/format.js';
import { useLocale } from '../language/locale.js';

const refreshMs = 5000;

/** How the server is, asked again every few seconds while the view is open. */
export function ServerView({ access }: { readonly access: Access }) {
  const { say, format } = useLocale();
  const [state, setState] = useState<ServerState | 'away' | undefined>(undefined);
  const [figures, setFigures] = useState<ServerFigures | undefined>(undefined);
  const [version, setVersion] = useState('');

  useEffect(() => {
    let isOver = false;
    const refresh = async (): Promise<void> => {
      const [nextState, nextFigures] = await Promise.all([
        readState().catch(() => 'away' as const),
        readFigures(access).catch(() => undefined),
      ]);
      if (isOver) return;
      setState(nextState);
      setFigures(nextFigures);
    };
    void refresh();
    readVersion().then(
      (found) => isOver || setVersion(found),
      () => {},
    );
    const timer = setInterval(() => document.hidden || void refresh(), refreshMs);
    return () => {
      isOver = true;
      clearInterval(timer);
    };
  }, [access]);

  return (
    <div class="server">
      <h1>{say.views.server}</h1>
      <Status state={state} />
      {typeof state === 'object' && state.warnings.length > 0 && (
        <section class="card" aria-label={say.warnings}>
          <h2>{say.warnings}</h2>
          <ul>
            {state.warnings.map((warning) => (
              <li key={warning} lang="en">
                {warning}
              </li>
            ))}
          </ul>
        </section>
      )}
      <dl class="figures">
        {rowsOf(figures, version, say, format).map(([name, value]) => (
          <div key={name} class="card">
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {typeof state === 'object' && figures === undefined && <p class="hint">{say.figuresHidden}</p>}
      <section class="card" aria-label={say.downloads}>
        <h2>{say.downloads}</h2>
        <ul class="links">
          <li>
            <a href="docs">{say.reference}</a>
          </li>
          <li>
            <a href={apiUrl('/openapi.json').href}>{say.downloadOpenApi}</a>
          </li>
          <li>
            <a href={apiUrl('/descriptor.binpb').href} download="visiond.binpb">
              {say.downloadDescriptors}
            </a>
          </li>
          <li>
            <a href={apiUrl('/proto.tar.gz').href} download="visiond-proto.tar.gz">
              {say.downloadProtos}
            </a>
          </li>
          {access.key === '' && (
            <li>
              <a href={apiUrl('/metrics').href}>{say.metrics}</a>
            </li>
          )}
        </ul>
      </section>
    </div>
  );
}

function Status({ state }: { readonly state: ServerState | 'away' | undefined }) {
  const { say } = useLocale();
  if (state === undefined) return <p class="status">{say.serverWaits}</p>;
  const isReady = state !== 'away' && state.ready;
  return (
    <div class={`status ${isReady ? 'is-good' : 'is-bad'}`} role="status">
      <p>
        <strong>{state === 'away' ? say.serverAway : isReady ? say.serverReady : say.serverNotReady}</strong>
      </p>
      {state !== 'away' && state.reason !== '' && <p lang="en">{state.reason}</p>}
    </div>
  );
}

/** What is known, as name and value. */
function rowsOf(
  figures: ServerFigures | undefined,
  version: string,
  { figures: names }: Messages,
  format: Format,
): ReadonlyArray<readonly [name: string, value: string]> {
  const counted = (name: string, value: number | undefined, print: (value: number) => string = format.count) =>
    value === undefined ? [] : [[name, print(value)] as const];
  const rows: Array<readonly [string, string]> = [];
  const known = figures?.version ?? version;
  if (known !== '') rows.push([names.version, known]);
  if (figures === undefined) return rows;
  const { busyWorkers, idleWorkers, stoppedWorkers, unusableModels, startedAt } = figures;
  if (startedAt !== undefined) rows.push([names.startedAt, format.date(startedAt)]);
  rows.push(...counted(names.queuedImages, figures.queuedImages));
  if (busyWorkers !== undefined && idleWorkers !== undefined) {
    rows.push([names.workers, names.workersOf(busyWorkers, busyWorkers + idleWorkers)]);
  }
  if (stoppedWorkers !== undefined && stoppedWorkers > 0) rows.push(...counted(names.stoppedWorkers, stoppedWorkers));
  rows.push(...counted(names.readyModels, figures.readyModels));
  if (unusableModels !== undefined && unusableModels > 0) rows.push(...counted(names.unusableModels, unusableModels));
  rows.push(
    ...counted(names.analyzedImages, figures.analyzedImages),
    ...counted(names.indexedImages, figures.indexedImages),
    ...counted(names.engineBytes, figures.engineBytes, format.bytes),
  );
  return rows;
}
