import type { FaceAnnotation } from '../../../gen/yandex/cloud/ai/vision/v1/face_detection.js';
import { polygonOf, withinImage, type Size } from '../../image/polygon.js';
import { areaOf, type Face } from './face.js';

/** Faces of a lower probability are not reported. */
export const minScore = 0.5;

/** The faces that are likely enough, as the API returns them: boxes clipped to the image, the largest first. */
export function annotateFaces(image: Size, faces: readonly Face[]): FaceAnnotation {
  const boxes = faces
    .filter(({ score }) => score >= minScore)
    .map((face) => withinImage(face, image))
    .filter((box) => box.right > box.left && box.bottom > box.top)
    .toSorted((a, b) => areaOf(b) - areaOf(a));
  return { faces: boxes.map((box) => ({ boundingBox: polygonOf(box) })) };
}
