import type { FaceAnnotation } from '../../gen/yandex/cloud/ai/vision/v1/face_detection.js';
import type { FeatureResult } from '../../gen/yandex/cloud/ai/vision/v1/vision_service.js';
import { plainText } from './plain-text.js';

/** What a feature found, for a person to read. */
export function summaryOf(result: FeatureResult): string {
  switch (result.feature?.$case) {
    case 'textDetection':
      return plainText(result);
    case 'faceDetection':
      return summaryOfFaces(result.feature.value);
    default:
      return '';
  }
}

function summaryOfFaces({ faces }: FaceAnnotation): string {
  const lines = faces.map(({ boundingBox }) => {
    const [topLeft, , bottomRight] = boundingBox?.vertices ?? [];
    if (topLeft === undefined || bottomRight === undefined) return '';
    return `  ${bottomRight.x - topLeft.x} x ${bottomRight.y - topLeft.y} pixels at ${topLeft.x}, ${topLeft.y}\n`;
  });
  return `${faces.length === 1 ? '1 face' : `${faces.length} faces`}\n${lines.join('')}`;
}
