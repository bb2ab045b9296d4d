import { convertedModels } from '../../inference/converted-models.js';
import type { NamedOutputsModel } from '../../inference/onnx-session.js';
import { createCanvasDrawer, type Canvas } from './canvas.js';
import { suppress, type Face, type FindFaces } from './face.js';

export type BlazeFaceModel = NamedOutputsModel<keyof typeof convertedModels.blazeFace.outputs>;

const { range } = convertedModels.blazeFace;
/** Side of the network's input. */
const inputSide = 256;
/** Numbers that the network says of a face: a box and six points. */
const numbersEach = 16;
/** The two grids of BlazeFace: cells of so many pixels, with so many anchors each. */
const levels = [
  { stride: 16, anchors: 2 },
  { stride: 32, anchors: 6 },
] as const;
const minScore = 0.1;
const maxOverlap = 0.3;
/** Longer side of the image when it is looked at in parts of the input's size: two of them, which overlap. */
const tiledSide = 416;

/** Finds faces with BlazeFace: in the whole picture, and in its parts. */
export function createBlazeFaceFinder(model: BlazeFaceModel): FindFaces {
  const drawers = [inputSide, tiledSide].map((side) => createCanvasDrawer(side, 1, range));
  const input = new Float32Array(3 * inputSide * inputSide);
  return async (picture) => {
    const faces: Face[] = [];
    for (const draw of drawers) {
      const canvas = draw(picture);
      for (const top of partStarts(canvas.height)) {
        for (const left of partStarts(canvas.width)) faces.push(...(await findInPart(model, canvas, left, top, input)));
      }
    }
    return suppress(faces, maxOverlap);
  };
}

/** Where parts of the input's size begin, so that they cover a side: at both ends, where one is not enough. */
function partStarts(side: number): number[] {
  return side <= inputSide ? [0] : [0, side - inputSide];
}

async function findInPart(model: BlazeFaceModel, canvas: Canvas, left: number, top: number, input: Float32Array): Promise<Face[]> {
  // In the middle of the input, since the network misses faces at its edge.
  const width = Math.min(inputSide, canvas.width);
  const height = Math.min(inputSide, canvas.height);
  const marginX = Math.floor((inputSide - width) / 2);
  const marginY = Math.floor((inputSide - height) / 2);
  if (width < inputSide || height < inputSide) input.fill(range[0]);
  for (let y = 0; y < height; y++) {
    const from = 3 * ((top + y) * canvas.width + left);
    input.set(canvas.rgb.subarray(from, from + 3 * width), 3 * ((marginY + y) * inputSide + marginX));
  }
  const { logits16, logits32, boxes16, boxes32 } = await model.run(input, [1, inputSide, inputSide, 3]);
  const shiftX = left - marginX;
  const shiftY = top - marginY;
  const found = [...decode(levels[0], logits16.data, boxes16.data), ...decode(levels[1], logits32.data, boxes32.data)];
  return found.map((face) => ({
    left: (face.left + shiftX) / canvas.scale,
    top: (face.top + shiftY) / canvas.scale,
    right: (face.right + shiftX) / canvas.scale,
    bottom: (face.bottom + shiftY) / canvas.scale,
    score: face.score,
  }));
}

function decode({ stride, anchors }: (typeof levels)[number], logits: Float32Array, boxes: Float32Array): Face[] {
  const cells = inputSide / stride;
  const faces: Face[] = [];
  for (const [index, logit] of logits.entries()) {
    const score = 1 / (1 + Math.exp(-logit));
    if (score < minScore) continue;
    const cell = Math.floor(index / anchors);
    const at = index * numbersEach;
    const x = ((cell % cells) + 0.5) * stride + boxes[at]!;
    const y = (Math.floor(cell / cells) + 0.5) * stride + boxes[at + 1]!;
    const halfWidth = boxes[at + 2]! / 2;
    const halfHeight = boxes[at + 3]! / 2;
    // The network does not rule out boxes turned inside out.
    if (halfWidth <= 0 || halfHeight <= 0) continue;
    faces.push({ left: x - halfWidth, top: y - halfHeight, right: x + halfWidth, bottom: y + halfHeight, score });
  }
  return faces;
}
