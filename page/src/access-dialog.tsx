import { useEffect, useId, useRef, useState } from 'preact/hooks';
import type { Access } from './api/call.js';
import { useLocale } from './language/locale.js';
import { useStore } from './state/store.js';
import type { Workbench } from './state/workbench.js';

/** Errors that another key or folder resolves. */
const aboutAccess: ReadonlySet<string> = new Set([
  'CREDENTIALS_REQUIRED',
  'TOKEN_INVALID',
  'FOLDER_REQUIRED',
  'FOLDER_MISMATCH',
  'PERMISSION_DENIED',
]);

/** Key and folder of calls. What failed for want of them is tried again with new ones. */
export function AccessDialog({
  access,
  workbench,
  onAccess,
}: {
  readonly access: Access;
  readonly workbench: Workbench;
  readonly onAccess: (access: Access) => void;
}) {
  useStore(workbench);
  const { say } = useLocale();
  const [draft, setDraft] = useState(access);
  const dialog = useRef<HTMLDialogElement>(null);
  const title = useId();
  const refused = workbench.items.filter(
    ({ state }) => state.kind === 'failed' && aboutAccess.has(state.problem.reason),
  );
  const isNeeded = refused.some(
    ({ state }) => state.kind === 'failed' && state.problem.reason === 'CREDENTIALS_REQUIRED',
  );
  const open = (): void => {
    setDraft(access);
    dialog.current?.showModal();
  };
  // Whoever has no key yet finds out with the first call.
  useEffect(() => {
    if (isNeeded && dialog.current?.open === false) open();
  }, [isNeeded]);
  return (
    <>
      <button type="button" class="quiet" aria-haspopup="dialog" onClick={open}>
        <svg class="key" viewBox="0 0 24 24" aria-hidden="true">
          <circle cx="8" cy="15" r="4" />
          <path d="m11 12 8-8m-3 3 3 3" />
        </svg>
        {say.access}
        {access.key !== '' && <span class="dot" aria-hidden="true" />}
      </button>
      <dialog ref={dialog} aria-labelledby={title}>
        <form
          method="dialog"
          onSubmit={() => {
            onAccess({ key: draft.key.trim(), folder: draft.folder.trim() });
            const ids = refused.map(({ id }) => id);
            // The settings of the page are those of its next render.
            if (ids.length > 0) setTimeout(() => workbench.analyze(ids));
          }}
        >
          <h2 id={title}>{say.accessTitle}</h2>
          {isNeeded && <p>{say.accessNeeded}</p>}
          <p class="hint">{say.accessHint}</p>
          <label class="field">
            <span>{say.key}</span>
            <input
              type="password"
              autocomplete="off"
              value={draft.key}
              onInput={({ currentTarget }) => setDraft({ ...draft, key: currentTarget.value })}
            />
          </label>
          <label class="field">
            <span>{say.folder}</span>
            <input
              type="text"
              autocomplete="off"
              maxLength={50}
              placeholder={say.folderHint}
              value={draft.folder}
              onInput={({ currentTarget }) => setDraft({ ...draft, folder: currentTarget.value })}
            />
          </label>
          <div class="buttons is-end">
            <button type="button" onClick={() => dialog.current?.close()}>
              {say.close}
            </button>
            <button type="submit" class="primary">
              {say.apply}
            </button>
          </div>
        </form>
      </dialog>
    </>
  );
}
