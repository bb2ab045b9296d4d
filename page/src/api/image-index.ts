import { call, type Access } from './call.js';
import { listOf, numberOf, recordOf, textOf, type JsonRecord } from './json.js';

/** An image of the corpus, as stored. */
export interface IndexedImage {
  readonly id: string;
  readonly imageUrl: string;
  readonly pageUrl: string;
  readonly title: string;
  readonly description: string;
  /** Undefined if the server does not tell. */
  readonly added: Date | undefined;
}

/** What a person tells of an image that is added. */
export interface NewImage {
  readonly imageUrl: string;
  readonly pageUrl: string;
  readonly title: string;
  readonly description: string;
}

export type AddOutcome = 'added' | 'replaced' | 'unchanged';
export type Evidence = 'same-file' | 'whole-image' | 'local-features';

export interface FoundCopy {
  readonly image: IndexedImage;
  /** 0 to 1. */
  readonly confidence: number;
  readonly evidence: Evidence;
  readonly mirrored: boolean;
}

const evidences: Readonly<Record<string, Evidence>> = {
  KIND_SAME_FILE: 'same-file',
  KIND_WHOLE_IMAGE: 'whole-image',
  KIND_LOCAL_FEATURES: 'local-features',
};
const outcomes: Readonly<Record<string, AddOutcome>> = {
  ADD_OUTCOME_REPLACED: 'replaced',
  ADD_OUTCOME_UNCHANGED: 'unchanged',
};
const pageSize = '48';

export async function listImages(
  access: Access,
  pageToken: string,
): Promise<{ readonly images: readonly IndexedImage[]; readonly nextPageToken: string }> {
  const page = recordOf(await call('/index/v1/images', access, { query: { pageSize, pageToken } }));
  return { images: listOf(page['images']).map(recordOf).map(imageOf), nextPageToken: textOf(page['nextPageToken']) };
}

export async function countImages(access: Access): Promise<number> {
  return numberOf(recordOf(await call('/index/v1/stats', access))['imageCount']);
}

/** @param content the file as base64 */
export async function addImage(access: Access, content: string, image: NewImage): Promise<AddOutcome> {
  const added = recordOf(await call('/index/v1/images', access, { method: 'POST', body: { content, ...image } }));
  return outcomes[textOf(added['outcome'])] ?? 'added';
}

export async function deleteImage(access: Access, id: string): Promise<void> {
  await call(`/index/v1/images/${encodeURIComponent(id)}`, access, { method: 'DELETE' });
}

/** @param content the file as base64 */
export async function searchImages(access: Access, content: string): Promise<readonly FoundCopy[]> {
  const found = recordOf(await call('/index/v1/search', access, { method: 'POST', body: { content } }));
  return listOf(found['copies'])
    .map(recordOf)
    .map((copy) => {
      const evidence = recordOf(copy['evidence']);
      return {
        image: imageOf(recordOf(copy['image'])),
        confidence: numberOf(copy['confidence']),
        evidence: evidences[textOf(evidence['kind'])] ?? 'local-features',
        mirrored: evidence['mirrored'] === true,
      };
    });
}

function imageOf(image: JsonRecord): IndexedImage {
  const time = textOf(image['createTime']);
  return {
    id: textOf(image['id']),
    imageUrl: textOf(image['imageUrl']),
    pageUrl: textOf(image['pageUrl']),
    title: textOf(image['title']),
    description: textOf(image['description']),
    added: time === '' ? undefined : new Date(time),
  };
}
