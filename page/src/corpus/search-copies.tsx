import { useEffect, useState } from 'preact/hooks';
import type { Access } from '../api/call.js';
import { searchImages, type FoundCopy } from '../api/image-index.js';
import { problemOfError, type Problem } from '../api/problem.js';
import { useLocale } from '../language/locale.js';
import { CopyCard } from '../parts/copy-card.jsx';
import { FileButton } from '../parts/file-button.jsx';
import { ProblemNotice } from '../parts/notice.jsx';
import { base64Of, prepare } from '../pictures/prepare.js';

type Search =
  | { readonly kind: 'none' }
  | { readonly kind: 'running' }
  | { readonly kind: 'found'; readonly copies: readonly FoundCopy[] }
  | { readonly kind: 'failed'; readonly problem: Problem };

/** Searches the corpus for copies of an image, and says why each is considered one. */
export function SearchCopies({ access }: { readonly access: Access }) {
  const { say, format } = useLocale();
  const [search, setSearch] = useState<Search>({ kind: 'none' });
  const [url, setUrl] = useState('');
  useEffect(() => () => URL.revokeObjectURL(url), [url]);

  const run = async ([file]: readonly File[]): Promise<void> => {
    if (file === undefined) return;
    setUrl(URL.createObjectURL(file));
    setSearch({ kind: 'running' });
    try {
      const { content } = await prepare(file);
      setSearch({ kind: 'found', copies: await searchImages(access, await base64Of(content)) });
    } catch (error) {
      const problem = problemOfError(error);
      setSearch(problem === undefined ? { kind: 'none' } : { kind: 'failed', problem });
    }
  };

  return (
    <section class="card" aria-label={say.searchCopies}>
      <h2>{say.searchCopies}</h2>
      <p class="hint">{say.searchHint}</p>
      <div class="buttons">
        <FileButton accept="image/*" multiple={false} onFiles={(files) => void run(files)}>
          {say.chooseImage}
        </FileButton>
        {url !== '' && <img class="thumbnail" src={url} alt="" />}
      </div>
      <p class="hint" role="status">
        {search.kind === 'running' && say.searching}
        {search.kind === 'found' && (search.copies.length === 0 ? say.noCopies : say.copyCount(search.copies.length))}
      </p>
      {search.kind === 'failed' && <ProblemNotice problem={search.problem} />}
      {search.kind === 'found' && (
        <ul class="cards">
          {search.copies.map(({ image, confidence, evidence, mirrored }) => (
            <li key={image.id}>
              <CopyCard {...image}>
                <p class="evidence">
                  <strong>{format.percent(confidence)}</strong> {say.evidence[evidence]}
                  {mirrored && `, ${say.mirrored}`}
                </p>
              </CopyCard>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
