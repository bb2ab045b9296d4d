import { noCheckpoint } from '../../threads/jobs.js';
import { createBlazeFaceFinder, type BlazeFaceModel } from './blaze-face.js';
import { shrink } from './canvas.js';
import { createFaceBoxesFinder, type FaceBoxesModel } from './face-boxes.js';
import type { FindFaces } from './face.js';
import { fuse } from './fuse.js';

/** Longer side, in pixels, of the largest input of the detectors. */
const maxSide = 1024;

/** The packaged models. */
export interface PackagedModels {
  readonly faceBoxes: FaceBoxesModel;
  readonly blazeFace: BlazeFaceModel;
}

/** Finds faces with the two packaged detectors. */
export function createPackagedFinder(models: PackagedModels): FindFaces {
  const findWithFaceBoxes = createFaceBoxesFinder(models.faceBoxes);
  const findWithBlazeFace = createBlazeFaceFinder(models.blazeFace);
  return async (image, checkpoint = noCheckpoint) => {
    const { picture, scale } = shrink(image, maxSide);
    checkpoint();
    const faceBoxes = await findWithFaceBoxes(picture);
    checkpoint();
    const faces = fuse(faceBoxes, await findWithBlazeFace(picture, checkpoint), picture);
    return faces.map(({ left, top, right, bottom, score }) => {
      return { left: left / scale, top: top / scale, right: right / scale, bottom: bottom / scale, score };
    });
  };
}
