import { convertedModels } from '../../inference/converted-models.js';
import type { NamedOutputsModel } from '../../inference/onnx/onnx-session.js';
import { createCanvasDrawer, type Canvas } from './canvas.js';
import { anchorAt, faceBoxesLevels, type AnchorLevel } from './face-boxes-anchors.js';
import { suppress, type Face, type FindFaces } from './face.js';

export type FaceBoxesModel = NamedOutputsModel<keyof typeof convertedModels.faceBoxes.outputs>;

/** Longer side, in pixels, that the network sees. */
const canvasSide = 1024;
/** Sides of the network's input are multiples of this. */
const step = 128;
/** Faces below this are not worth looking at, even where another detector agrees. */
const minScore = 0.12;
const maxOverlap = 0.3;
/** By what the network multiplies what it says of centers and sizes. */
const [centerScale, sizeScale] = [10, 5];

/** Finds faces with FaceBoxes, which is good at small ones. */
export function createFaceBoxesFinder(model: FaceBoxesModel): FindFaces {
  const draw = createCanvasDrawer(canvasSide, step, convertedModels.faceBoxes.range);
  return async (picture) => {
    const canvas = draw(picture);
    const outputs = await model.run(canvas.rgb, [1, canvas.height, canvas.width, 3]);
    const candidates = [
      ...decode(faceBoxesLevels[0], outputs.logits32.data, outputs.boxes32.data, canvas),
      ...decode(faceBoxesLevels[1], outputs.logits64.data, outputs.boxes64.data, canvas),
      ...decode(faceBoxesLevels[2], outputs.logits128.data, outputs.boxes128.data, canvas),
    ];
    return suppress(candidates, maxOverlap);
  };
}

function decode(
  level: AnchorLevel,
  logits: Float32Array,
  boxes: Float32Array,
  { width, height, scale }: Canvas,
): Face[] {
  const faces: Face[] = [];
  for (let index = 0; index < logits.length / 2; index++) {
    const score = 1 / (1 + Math.exp(logits[2 * index]! - logits[2 * index + 1]!));
    if (score < minScore) continue;
    const anchor = anchorAt(level, index, width, height);
    const [moveY = 0, moveX = 0, growY = 0, growX = 0] = boxes.subarray(4 * index, 4 * index + 4);
    const x = anchor.centerX + (moveX / centerScale) * anchor.width;
    const y = anchor.centerY + (moveY / centerScale) * anchor.height;
    const halfWidth = (anchor.width * Math.exp(growX / sizeScale)) / 2;
    const halfHeight = (anchor.height * Math.exp(growY / sizeScale)) / 2;
    faces.push({
      left: (x - halfWidth) / scale,
      top: (y - halfHeight) / scale,
      right: (x + halfWidth) / scale,
      bottom: (y + halfHeight) / scale,
      score,
    });
  }
  return faces;
}
