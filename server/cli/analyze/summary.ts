import type { ClassAnnotation } from '../../../gen/yandex/cloud/ai/vision/v1/classification.js';
import type { FaceAnnotation } from '../../../gen/yandex/cloud/ai/vision/v1/face_detection.js';
import type { ImageCopySearchAnnotation } from '../../../gen/yandex/cloud/ai/vision/v1/image_copy_search.js';
import {
  Feature_Type,
  type Feature,
  type FeatureResult,
} from '../../../gen/yandex/cloud/ai/vision/v1/vision_service.js';
import { plainText } from '../../features/text-detection/plain-text.js';
import { counted } from '../../strings/counted.js';

/** What stands above the summary of a feature: the name of a model, or what is looked for. */
export function headingOf({ type, config }: Feature): string {
  if (config?.$case === 'classificationConfig') return config.value.model;
  return type === Feature_Type.FACE_DETECTION ? 'faces' : type === Feature_Type.IMAGE_COPY_SEARCH ? 'copies' : 'text';
}

/** What a feature found, for a person to read. */
export function summaryOf(result: FeatureResult): string {
  if (result.feature?.$case === 'classification') return summaryOfClasses(result.feature.value);
  if (result.feature?.$case === 'faceDetection') return summaryOfFaces(result.feature.value);
  if (result.feature?.$case === 'imageCopySearch') return summaryOfCopies(result.feature.value);
  return plainText(result);
}

/** Models such as the one for objects have many properties, most of them at almost 0. */
const maxProperties = 10;

function summaryOfClasses({ properties }: ClassAnnotation): string {
  const shown =
    properties.length <= maxProperties ? properties : properties.filter(({ probability }) => probability >= 0.1);
  return shown.map(({ name, probability }) => `${(100 * probability).toFixed(1).padStart(5)} %  ${name}\n`).join('');
}

function summaryOfFaces({ faces }: FaceAnnotation): string {
  const lines = faces.map(({ boundingBox }) => {
    const [topLeft, , bottomRight] = boundingBox?.vertices ?? [];
    if (topLeft === undefined || bottomRight === undefined) return '';
    return `  ${bottomRight.x - topLeft.x} x ${bottomRight.y - topLeft.y} pixels at ${topLeft.x}, ${topLeft.y}\n`;
  });
  return `${counted(faces.length, 'face', 'faces')}\n${lines.join('')}`;
}

function summaryOfCopies({ copyCount, topResults }: ImageCopySearchAnnotation): string {
  const lines = topResults.map(
    ({ imageUrl, pageUrl, title }) =>
      `  ${[title, imageUrl, pageUrl].filter((text) => text !== '').join('  ') || '(no address)'}\n`,
  );
  return `${counted(copyCount, 'copy', 'copies')}\n${lines.join('')}`;
}
