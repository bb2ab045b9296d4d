import { useLocale } from '../language/locale.js';
import { FileButton } from '../parts/file-button.jsx';

/** Where everything begins. Files may be dropped on the whole page; this says so. */
export function DropZone({
  onFiles,
  onSample,
}: {
  readonly onFiles: (files: readonly File[]) => void;
  readonly onSample: () => void;
}) {
  const { say } = useLocale();
  return (
    <div class="drop-zone">
      <svg class="drop-picture" viewBox="0 0 64 64" aria-hidden="true">
        <path d="M6 20v-8a6 6 0 0 1 6-6h8M44 6h8a6 6 0 0 1 6 6v8M58 44v8a6 6 0 0 1-6 6h-8M20 58h-8a6 6 0 0 1-6-6v-8" />
        <path d="M20 24h24M20 32h24M20 40h14" />
      </svg>
      <p class="drop-title">
        <span class="only-mouse">{say.dropTitle}</span>
        <span class="only-touch">{say.addTitle}</span>
      </p>
      <p class="hint only-mouse">{say.dropHint}</p>
      <div class="buttons">
        <FileButton kind="primary" onFiles={onFiles}>
          {say.chooseFiles}
        </FileButton>
        <span class="only-touch">
          <FileButton accept="image/*" multiple={false} isCamera onFiles={onFiles}>
            {say.takePhoto}
          </FileButton>
        </span>
        <button type="button" onClick={onSample}>
          {say.trySample}
        </button>
      </div>
    </div>
  );
}
