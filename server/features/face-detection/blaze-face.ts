import { convertedModels } from '../../inference/converted-models.js';
import type { OnnxOutput } from '../../inference/onnx/onnx-runtime.js';
import type { NamedOutputsModel } from '../../inference/onnx/onnx-session.js';
import { createCanvasDrawer } from './canvas.js';
import { suppress, type Face, type FindFaces } from './face.js';

export type BlazeFaceModel = NamedOutputsModel<keyof typeof convertedModels.blazeFace.outputs>;

const { range } = convertedModels.blazeFace;
/** Numbers that the network says of a face: a box and six points. */
const numbersEach = 16;
/** The two grids of BlazeFace: cells of so many pixels, with so many anchors each. */
const levels = [
  { stride: 16, anchors: 2 },
  { stride: 32, anchors: 6 },
] as const;
const minScore = 0.1;
const maxOverlap = 0.3;
/** Longer sides of the picture when it is looked at: as the network was trained, and once more for smaller faces. */
const sides = [256, 416];
/** The network's input is at least so large, and its sides are multiples of the larger cells. */
const [leastInput, inputStep] = [256, 32];

/** Finds faces with BlazeFace, in the picture at two sizes. */
export function createBlazeFaceFinder(model: BlazeFaceModel): FindFaces {
  const looks = sides.map((side) => createLook(model, side));
  return async (picture) => {
    const faces: Face[] = [];
    for (const look of looks) faces.push(...(await look(picture)));
    return suppress(faces, maxOverlap);
  };
}

function createLook(model: BlazeFaceModel, side: number): FindFaces {
  const draw = createCanvasDrawer(side, 1, range);
  return async (picture) => {
    const { width, height, scale, rgb } = draw(picture);
    // In the middle of the input, since the network misses faces at its edge.
    const [inputWidth, inputHeight] = [inputSide(width), inputSide(height)];
    const [marginX, marginY] = [(inputWidth - width) >> 1, (inputHeight - height) >> 1];
    const input = new Float32Array(3 * inputWidth * inputHeight).fill(range[0]);
    for (let y = 0; y < height; y++) {
      input.set(rgb.subarray(3 * y * width, 3 * (y + 1) * width), 3 * ((marginY + y) * inputWidth + marginX));
    }
    const { logits16, logits32, boxes16, boxes32 } = await model.run(input, [1, inputHeight, inputWidth, 3]);
    const found = [...decode(levels[0], logits16, boxes16), ...decode(levels[1], logits32, boxes32)];
    return found.map((face) => ({
      left: (face.left - marginX) / scale,
      top: (face.top - marginY) / scale,
      right: (face.right - marginX) / scale,
      bottom: (face.bottom - marginY) / scale,
      score: face.score,
    }));
  };
}

function inputSide(side: number): number {
  return Math.max(leastInput, Math.ceil(side / inputStep) * inputStep);
}

/** Boxes of a grid: `logits` are rows x columns x anchors, `boxes` so many times 16. */
function decode({ stride, anchors }: (typeof levels)[number], logits: OnnxOutput, boxes: OnnxOutput): Face[] {
  const [, , columns = 0] = logits.shape;
  const faces: Face[] = [];
  for (const [index, logit] of logits.data.entries()) {
    const score = 1 / (1 + Math.exp(-logit));
    if (score < minScore) continue;
    const cell = Math.floor(index / anchors);
    const [moveX = 0, moveY = 0, width = 0, height = 0] = boxes.data.subarray(
      index * numbersEach,
      index * numbersEach + 4,
    );
    // The network does not rule out boxes turned inside out.
    if (width <= 0 || height <= 0) continue;
    const x = ((cell % columns) + 0.5) * stride + moveX;
    const y = (Math.floor(cell / columns) + 0.5) * stride + moveY;
    faces.push({ left: x - width / 2, top: y - height / 2, right: x + width / 2, bottom: y + height / 2, score });
  }
  return faces;
}
