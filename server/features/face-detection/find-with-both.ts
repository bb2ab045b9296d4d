import type { Image } from '../../image/image.js';
import { findWithBlazeFace, type BlazeFaceModel } from './blaze-face.js';
import { findWithFaceBoxes, type FaceBoxesModel } from './face-boxes.js';
import { shrink } from './canvas.js';
import type { Face } from './face.js';
import { fuse } from './fuse.js';

/** Longer side, in pixels, of what any of the detectors looks at. */
const largestSide = 1024;

/** The packaged models. */
export interface PackagedModels {
  readonly faceBoxes: FaceBoxesModel;
  readonly blazeFace: BlazeFaceModel;
}

/** Finds faces with the two packaged detectors. */
export async function findWithBoth({ faceBoxes, blazeFace }: PackagedModels, image: Image): Promise<Face[]> {
  const { picture, scale } = shrink(image, largestSide);
  const faces = fuse(await findWithFaceBoxes(faceBoxes, picture), await findWithBlazeFace(blazeFace, picture), picture);
  return faces.map(({ left, top, right, bottom, score }) => {
    return { left: left / scale, top: top / scale, right: right / scale, bottom: bottom / scale, score };
  });
}
