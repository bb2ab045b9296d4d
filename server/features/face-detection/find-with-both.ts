import type { Image } from '../../image/image.js';
import { findWithBlazeFace, type BlazeFaceModel } from './blaze-face.js';
import { findWithFaceBoxes, type FaceBoxesModel } from './face-boxes.js';
import type { Face } from './face.js';
import { fuse } from './fuse.js';

/** The packaged models. */
export interface PackagedModels {
  readonly faceBoxes: FaceBoxesModel;
  readonly blazeFace: BlazeFaceModel;
}

/** Finds faces with the two packaged detectors. */
export async function findWithBoth({ faceBoxes, blazeFace }: PackagedModels, image: Image): Promise<Face[]> {
  return fuse(await findWithFaceBoxes(faceBoxes, image), await findWithBlazeFace(blazeFace, image), image);
}
