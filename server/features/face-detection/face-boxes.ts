import { convertedModels } from '../../inference/converted-models.js';
import type { NamedOutputsModel } from '../../inference/onnx/onnx-session.js';
import { sigmoid } from '../../inference/sigmoid.js';
import { createCanvasDrawer, type Canvas } from './canvas.js';
import { anchorAt, faceBoxesLevels, type AnchorLevel } from './face-boxes-anchors.js';
import { suppress, type Face, type FindFaces } from './face.js';

export type FaceBoxesModel = NamedOutputsModel<keyof typeof convertedModels.faceBoxes.outputs>;

/** Longer side, in pixels, that pictures are scaled to. */
const canvasSide = 1024;
/** Sides of the network's input are multiples of this. */
const step = 128;
/** Lower scores are ignored, even where another detector agrees. */
const minScore = 0.12;
const maxOverlap = 0.3;
/** The network puts out offsets of centers and logarithms of sizes multiplied by these. */
const [centerScale, sizeScale] = [10, 5];

/** Finds faces with FaceBoxes, which detects small ones well. */
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
    const score = sigmoid(logits[2 * index + 1]! - logits[2 * index]!);
    if (score < minScore) continue;
    const anchor = anchorAt(level, index, width, height);
    const [offsetY = 0, offsetX = 0, logHeight = 0, logWidth = 0] = boxes.subarray(4 * index, 4 * index + 4);
    const x = anchor.centerX + (offsetX / centerScale) * anchor.width;
    const y = anchor.centerY + (offsetY / centerScale) * anchor.height;
    const halfWidth = (anchor.width * Math.exp(logWidth / sizeScale)) / 2;
    const halfHeight = (anchor.height * Math.exp(logHeight / sizeScale)) / 2;
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
