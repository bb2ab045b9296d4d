import { useState } from 'preact/hooks';
import type { Access } from '../api/call.js';
import { deleteImage, type IndexedImage } from '../api/image-index.js';
import { problemOfError, type Problem } from '../api/problem.js';
import { useLocale } from '../language/locale.js';
import { CopyCard } from '../parts/copy-card.jsx';
import { ProblemNotice } from '../parts/notice.jsx';

/** Images of the corpus. Deleting one takes a second click. */
export function ImageList({
  access,
  images,
  onDeleted,
}: {
  readonly access: Access;
  readonly images: readonly IndexedImage[];
  readonly onDeleted: (id: string) => void;
}) {
  const { say, format } = useLocale();
  const [asked, setAsked] = useState('');
  const [problem, setProblem] = useState<Problem | undefined>(undefined);
  const remove = async (id: string): Promise<void> => {
    setAsked('');
    try {
      await deleteImage(access, id);
      setProblem(undefined);
      onDeleted(id);
    } catch (error) {
      setProblem(problemOfError(error));
    }
  };
  return (
    <>
      {problem !== undefined && <ProblemNotice problem={problem} />}
      <ul class="cards">
        {images.map((image) => (
          <li key={image.id}>
            <CopyCard {...image}>
              {image.added !== undefined && <p class="detail">{say.addedOn(format.date(image.added))}</p>}
              <div class="buttons">
                {asked === image.id ? (
                  <>
                    <button type="button" class="danger" onClick={() => void remove(image.id)}>
                      {say.removeForGood}
                    </button>
                    <button type="button" class="quiet" onClick={() => setAsked('')}>
                      {say.keep}
                    </button>
                  </>
                ) : (
                  <button
                    type="button"
                    class="quiet"
                    aria-label={say.removeImage(image.title === '' ? image.id : image.title)}
                    onClick={() => setAsked(image.id)}
                  >
                    {say.remove}
                  </button>
                )}
              </div>
            </CopyCard>
          </li>
        ))}
      </ul>
    </>
  );
}
