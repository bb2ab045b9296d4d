import { useState } from 'preact/hooks';
import type { Access } from '../api/call.js';
import { addImage, type AddOutcome } from '../api/image-index.js';
import { problemOfError, type Problem } from '../api/problem.js';
import { useLocale } from '../language/locale.js';
import { FileButton } from '../parts/file-button.jsx';
import { ProblemNotice } from '../parts/notice.jsx';
import { base64Of, prepare } from '../pictures/prepare.js';

const fields = [
  { name: 'title', label: 'imageTitle', type: 'text', maxLength: 512 },
  { name: 'description', label: 'imageDescription', type: 'text', maxLength: 2048 },
  { name: 'imageUrl', label: 'imageUrl', type: 'url', maxLength: 2048 },
  { name: 'pageUrl', label: 'pageUrl', type: 'url', maxLength: 2048 },
] as const;
const nothing = { title: '', description: '', imageUrl: '', pageUrl: '' };

/** Adds images to the corpus, one after the other. Without a title of their own, they get their file names. */
export function AddImages({ access, onAdded }: { readonly access: Access; readonly onAdded: () => void }) {
  const { say } = useLocale();
  const [files, setFiles] = useState<readonly File[]>([]);
  const [about, setAbout] = useState(nothing);
  const [progress, setProgress] = useState('');
  const [isBusy, setIsBusy] = useState(false);
  const [failed, setFailed] = useState<ReadonlyArray<{ readonly name: string; readonly problem: Problem }>>([]);

  const add = async (): Promise<void> => {
    setIsBusy(true);
    const counts: Record<AddOutcome, number> = { added: 0, replaced: 0, unchanged: 0 };
    const problems: Array<{ name: string; problem: Problem }> = [];
    for (const [index, file] of files.entries()) {
      setProgress(say.adding(index + 1, files.length));
      try {
        const { content } = await prepare(file);
        const title = about.title === '' ? file.name : about.title;
        counts[await addImage(access, await base64Of(content), { ...about, title })] += 1;
      } catch (error) {
        const problem = problemOfError(error);
        if (problem !== undefined) problems.push({ name: file.name, problem });
      }
    }
    setProgress(say.added(counts.added, counts.replaced, counts.unchanged));
    setFailed(problems);
    setFiles([]);
    setAbout(nothing);
    setIsBusy(false);
    onAdded();
  };

  return (
    <form
      class="card"
      onSubmit={(event) => {
        event.preventDefault();
        void add();
      }}
    >
      <h2>{say.addImages}</h2>
      <p class="hint">{say.addImagesHint}</p>
      <div class="buttons">
        <FileButton accept="image/*" onFiles={setFiles}>
          {say.chooseFiles}
        </FileButton>
        <span class="hint">{say.chosenFiles(files.length)}</span>
      </div>
      <div class="fields">
        {fields.map(({ name, label, type, maxLength }) => (
          <label key={name} class="field">
            <span>
              {say[label]} <small>{say.optional}</small>
            </span>
            <input
              type={type}
              maxLength={maxLength}
              value={about[name]}
              onInput={({ currentTarget }) => setAbout({ ...about, [name]: currentTarget.value })}
            />
          </label>
        ))}
      </div>
      <div class="buttons">
        <button type="submit" class="primary" disabled={files.length === 0 || isBusy}>
          {say.add}
        </button>
        <span class="hint" role="status">
          {progress}
        </span>
      </div>
      {failed.map(({ name, problem }) => (
        <ProblemNotice key={name} title={name} problem={problem} />
      ))}
    </form>
  );
}
