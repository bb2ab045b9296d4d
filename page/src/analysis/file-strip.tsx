import { useLocale } from '../language/locale.js';
import { FileButton } from '../parts/file-button.jsx';
import type { Item, Workbench } from '../state/workbench.js';

/** The files on the page, to choose one of. */
export function FileStrip({
  workbench,
  onFiles,
}: {
  readonly workbench: Workbench;
  readonly onFiles: (files: readonly File[]) => void;
}) {
  const { say } = useLocale();
  return (
    <div class="files">
      <ul aria-label={say.files}>
        {workbench.items.map((item) => (
          <li key={item.id} class={item === workbench.selected ? 'is-selected' : ''}>
            <button
              type="button"
              class="file"
              aria-current={item === workbench.selected}
              onClick={() => workbench.select(item.id)}
            >
              <Thumbnail item={item} />
              <span class="file-name">{item.name}</span>
              <StateMark item={item} />
            </button>
            <button
              type="button"
              class="icon"
              aria-label={say.removeFile(item.name)}
              onClick={() => workbench.remove(item.id)}
            >
              ×
            </button>
          </li>
        ))}
      </ul>
      <FileButton onFiles={onFiles}>{say.addMore}</FileButton>
    </div>
  );
}

function Thumbnail({ item: { url, prepared } }: { readonly item: Item }) {
  if (url !== '') return <img class="thumbnail" src={url} alt="" />;
  return (
    <span class="thumbnail" aria-hidden="true">
      {prepared?.kind === 'pdf' ? 'PDF' : ''}
    </span>
  );
}

function StateMark({ item: { state } }: { readonly item: Item }) {
  const { say } = useLocale();
  switch (state.kind) {
    case 'preparing':
    case 'waiting':
    case 'running':
      return (
        <span class="spinner">
          <span class="offscreen">{say[state.kind]}</span>
        </span>
      );
    case 'failed':
      return <span class="mark is-bad">{say.failed}</span>;
    case 'idle':
    case 'done':
      break;
  }
  return null;
}
