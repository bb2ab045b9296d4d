import { useCallback, useEffect, useState } from 'preact/hooks';
import type { Access } from '../api/call.js';
import { countImages, listImages, type IndexedImage } from '../api/image-index.js';
import { problemOfError, type Problem } from '../api/problem.js';
import { useLocale } from '../language/locale.js';
import { ProblemNotice } from '../parts/notice.jsx';
import { AddImages } from './add-images.jsx';
import { ImageList } from './image-list.jsx';
import { SearchCopies } from './search-copies.jsx';

/** The corpus of copy search: add, search, browse, delete. */
export function CorpusView({ access }: { readonly access: Access }) {
  const { say } = useLocale();
  const [count, setCount] = useState<number | undefined>(undefined);
  const [images, setImages] = useState<readonly IndexedImage[]>([]);
  const [nextToken, setNextToken] = useState('');
  const [problem, setProblem] = useState<Problem | undefined>(undefined);

  /** Reads the next page, or the first again. */
  const load = useCallback(
    async (pageToken: string) => {
      try {
        const [page, total] = await Promise.all([listImages(access, pageToken), countImages(access)]);
        setImages((shown) => (pageToken === '' ? page.images : [...shown, ...page.images]));
        setNextToken(page.nextPageToken);
        setCount(total);
        setProblem(undefined);
      } catch (error) {
        setProblem(problemOfError(error));
      }
    },
    [access],
  );
  useEffect(() => void load(''), [load]);

  return (
    <div class="corpus">
      <h1>{say.views.corpus}</h1>
      <p class="lead">{say.corpusLead}</p>
      {problem !== undefined && (
        <ProblemNotice problem={problem}>
          <button type="button" onClick={() => void load('')}>
            {say.retry}
          </button>
        </ProblemNotice>
      )}
      <div class="columns">
        <AddImages access={access} onAdded={() => void load('')} />
        <SearchCopies access={access} />
      </div>
      <section class="card" aria-label={say.browse}>
        <div class="heading">
          <h2>{say.browse}</h2>
          {count !== undefined && (
            <p class="hint" role="status">
              {say.corpusCount(count)}
            </p>
          )}
        </div>
        <ImageList
          access={access}
          images={images}
          onDeleted={(id) => {
            setImages((shown) => shown.filter((image) => image.id !== id));
            setCount((total) => (total === undefined ? undefined : total - 1));
          }}
        />
        {nextToken !== '' && (
          <button type="button" onClick={() => void load(nextToken)}>
            {say.more}
          </button>
        )}
      </section>
    </div>
  );
}
