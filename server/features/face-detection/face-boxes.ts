import type { Image } from '../../image/image.js';
import type { convertedModels } from '../../inference/converted-models.js';
import type { NamedOutputsModel } from '../../inference/onnx-session.js';
import { drawCanvas } from './canvas.js';
import { faceBoxesLevels, levelAnchors, type Anchor } from './face-boxes-anchors.js';
import { suppress, type Face } from './face.js';

export type FaceBoxesModel = NamedOutputsModel<keyof typeof convertedModels.faceBoxes.outputs>;

/** Longer side, in pixels, that the network sees. */
const canvasSide = 1024;
/** Sides of the network's input are multiples of this. */
const step = 128;
/** Faces below this are not worth looking at, even where another detector agrees. */
const minScore = 0.05;
const maxOverlap = 0.3;
/** By what the network multiplies what it says of centres and sizes. */
const [centreScale, sizeScale] = [10, 5];

/** Finds faces with FaceBoxes, which is good at small ones. */
export async function findWithFaceBoxes(model: FaceBoxesModel, image: Image): Promise<Face[]> {
  const { width, height, scale, rgb } = drawCanvas(image, canvasSide, step);
  const outputs = await model.run(rgb.map((value) => value / 255), [1, height, width, 3]);
  const ports = [
    [outputs.logits32, outputs.boxes32],
    [outputs.logits64, outputs.boxes64],
    [outputs.logits128, outputs.boxes128],
  ] as const;
  const candidates = ports.flatMap(([logits, boxes], level) => {
    const anchors = levelAnchors(faceBoxesLevels[level]!, width, height);
    return decode(anchors, logits.data, boxes.data, scale);
  });
  return suppress(candidates, maxOverlap);
}

function decode(anchors: readonly Anchor[], logits: Float32Array, boxes: Float32Array, scale: number): Face[] {
  const faces: Face[] = [];
  for (const [index, anchor] of anchors.entries()) {
    const score = 1 / (1 + Math.exp(logits[2 * index]! - logits[2 * index + 1]!));
    if (score < minScore) continue;
    const [moveY = 0, moveX = 0, growY = 0, growX = 0] = boxes.subarray(4 * index, 4 * index + 4);
    const x = anchor.centreX + (moveX / centreScale) * anchor.width;
    const y = anchor.centreY + (moveY / centreScale) * anchor.height;
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
