import { lengthBounds, sizeBounds, valueBounds } from './bounds.js';
import { messageDescriptor } from './descriptors.js';

const vision = 'yandex.cloud.ai.vision.v1';

/** Limits in the .proto files that code other than the validator needs. */
export const limits = {
  /** Images in a request. */
  specs: sizeLimit(`${vision}.BatchAnalyzeRequest`, 'analyze_specs'),
  /** Features of an image. */
  features: sizeLimit(`${vision}.AnalyzeSpec`, 'features'),
  /** Bytes of an image file. */
  contentBytes: lengthLimit(`${vision}.AnalyzeSpec`, 'content'),
  /** Characters of a search signature. */
  signatureLength: lengthLimit(`${vision}.AnalyzeSpec`, 'signature'),
  /** Characters of a folder ID. */
  folderIdLength: lengthLimit(`${vision}.BatchAnalyzeRequest`, 'folder_id'),
  /** Language codes of a text detection. */
  languageCodes: sizeLimit(`${vision}.FeatureTextDetectionConfig`, 'language_codes'),
  /** Characters of the ID of an indexed image. */
  imageIdLength: lengthLimit('visiond.index.v1.AddImageRequest', 'id'),
  /** Images of a page of the index. */
  pageSize: valueLimit('visiond.index.v1.ListImagesRequest', 'page_size'),
  /** Copies that a search returns. */
  copies: valueLimit('visiond.index.v1.SearchImagesRequest', 'max_results'),
} as const;

/** @throws Error if the field has no such limit */
function lengthLimit(typeName: string, fieldName: string): number {
  return maxOf(typeName, fieldName, lengthBounds);
}

/** @throws Error if the field has no such limit */
function sizeLimit(typeName: string, fieldName: string): number {
  return maxOf(typeName, fieldName, sizeBounds);
}

/** @throws Error if the field has no such limit */
function valueLimit(typeName: string, fieldName: string): number {
  return maxOf(typeName, fieldName, valueBounds);
}

function maxOf(typeName: string, fieldName: string, boundsOf: typeof lengthBounds): number {
  const field = messageDescriptor(typeName).fields.find(({ name }) => name === fieldName);
  const bounds = field === undefined ? undefined : boundsOf(field);
  if (bounds === undefined) throw new Error(`${typeName}.${fieldName} has no limit in proto/`);
  return bounds.max;
}
