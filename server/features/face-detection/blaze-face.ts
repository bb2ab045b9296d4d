import { convertedModels } from '../../inference/converted-models.js';
import type { OnnxOutput } from '../../inference/onnx/onnx-runtime.js';
import type { NamedOutputsModel } from '../../inference/onnx/onnx-session.js';
import { sigmoid } from '../../inference/sigmoid.js';
import { noCheckpoint } from '../../threads/jobs.js';
import { createCanvasDrawer } from './canvas.js';
import { suppress, type Face, type FindFaces } from './face.js';

export type BlazeFaceModel = NamedOutputsModel<keyof typeof convertedModels.blazeFace.outputs>;

const { range } = convertedModels.blazeFace;
/** Values that the network puts out per anchor: a box and six points. */
const valuesPerAnchor = 16;
/** The two grids of BlazeFace: sides of their cells in pixels, and anchors per cell. */
const levels = [
  { stride: 16, anchors: 2 },
  { stride: 32, anchors: 6 },
] as const;
const minScore = 0.1;
const maxOverlap = 0.3;
/** Longer sides, in pixels, at which the network runs: that of its training, and a larger one for smaller faces. */
const sides = [256, 416];
/** Sides of the network's input are at least this, and multiples of the larger cells. */
const [minInputSide, inputStep] = [256, 32];

/** Finds faces with BlazeFace, in passes at two scales. */
export function createBlazeFaceFinder(model: BlazeFaceModel): FindFaces {
  const passes = sides.map((side) => detectAtScale(model, side));
  return async (picture, checkpoint = noCheckpoint) => {
    const faces: Face[] = [];
    for (const pass of passes) {
      checkpoint();
      faces.push(...(await pass(picture)));
    }
    return suppress(faces, maxOverlap);
  };
}

/** A pass of the network over pictures scaled to a longer side. */
function detectAtScale(model: BlazeFaceModel, side: number): FindFaces {
  const draw = createCanvasDrawer(side, 1, range);
  return async (picture) => {
    const { width, height, scale, rgb } = draw(picture);
    // The picture is centered in the input, since the network misses faces at its edge.
    const [inputWidth, inputHeight] = [inputSide(width), inputSide(height)];
    const [marginX, marginY] = [(inputWidth - width) >> 1, (inputHeight - height) >> 1];
    const input = new Float32Array(3 * inputWidth * inputHeight).fill(range[0]);
    for (let y = 0; y < height; y++) {
      input.set(rgb.subarray(3 * y * width, 3 * (y + 1) * width), 3 * ((marginY + y) * inputWidth + marginX));
    }
    const { logits16, logits32, boxes16, boxes32 } = await model.run(input, [1, inputHeight, inputWidth, 3]);
    const faces = [...decode(levels[0], logits16, boxes16), ...decode(levels[1], logits32, boxes32)];
    return faces.map((face) => ({
      left: (face.left - marginX) / scale,
      top: (face.top - marginY) / scale,
      right: (face.right - marginX) / scale,
      bottom: (face.bottom - marginY) / scale,
      score: face.score,
    }));
  };
}

function inputSide(side: number): number {
  return Math.max(minInputSide, Math.ceil(side / inputStep) * inputStep);
}

/** Decodes the faces of a grid. `logits` are rows x columns x anchors, `boxes` have 16 values for each of these. */
function decode({ stride, anchors }: (typeof levels)[number], logits: OnnxOutput, boxes: OnnxOutput): Face[] {
  const [, , columns = 0] = logits.shape;
  const faces: Face[] = [];
  for (const [index, logit] of logits.data.entries()) {
    const score = sigmoid(logit);
    if (score < minScore) continue;
    const cell = Math.floor(index / anchors);
    const [offsetX = 0, offsetY = 0, width = 0, height = 0] = boxes.data.subarray(
      index * valuesPerAnchor,
      index * valuesPerAnchor + 4,
    );
    // The network may put out negative sizes.
    if (width <= 0 || height <= 0) continue;
    const x = ((cell % columns) + 0.5) * stride + offsetX;
    const y = (Math.floor(cell / columns) + 0.5) * stride + offsetY;
    faces.push({ left: x - width / 2, top: y - height / 2, right: x + width / 2, bottom: y + height / 2, score });
  }
  return faces;
}
