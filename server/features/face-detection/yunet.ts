import type { NamedOutputsModel } from '../../inference/onnx/onnx-session.js';
import { noCheckpoint } from '../../threads/jobs.js';
import { createCanvasDrawer, type Canvas } from './canvas.js';
import { suppress, type Face, type FindFaces } from './face.js';
import { probabilityOfYuNet } from './probability.js';

/** The grids of YuNet: sides of their cells in pixels. Every cell has one anchor. */
const strides = [8, 16, 32] as const;
type Stride = (typeof strides)[number];

export type YuNetOutput = `${'cls' | 'obj' | 'bbox'}_${Stride}`;
export type YuNetModel = NamedOutputsModel<YuNetOutput>;

/** The outputs that are used. */
export const yuNetOutputs: readonly YuNetOutput[] = strides.flatMap(
  (stride) => [`cls_${stride}`, `obj_${stride}`, `bbox_${stride}`] as const,
);

/** Longer side, in pixels, that pictures are scaled to, as in training. */
const canvasSide = 640;
const minScore = 0.05;
const maxOverlap = 0.45;

/** Finds faces with YuNet. */
export function createYuNetFinder(model: YuNetModel): FindFaces {
  const draw = createCanvasDrawer(canvasSide, 32, [0, 255]);
  return async (picture, checkpoint = noCheckpoint) => {
    const canvas = draw(picture);
    checkpoint();
    const { width, height } = canvas;
    const outputs = await model.run(bluePlanesFirst(canvas), [1, 3, height, width]);
    const candidates = strides.flatMap((stride) => {
      const [classes, objects, boxes] = [
        outputs[`cls_${stride}`].data,
        outputs[`obj_${stride}`].data,
        outputs[`bbox_${stride}`].data,
      ];
      return decode(stride, classes, objects, boxes, canvas);
    });
    return suppress(candidates, maxOverlap);
  };
}

function bluePlanesFirst({ width, height, rgb }: Canvas): Float32Array {
  const plane = width * height;
  const planes = new Float32Array(3 * plane);
  for (let pixel = 0; pixel < plane; pixel++) {
    for (let channel = 0; channel < 3; channel++) planes[(2 - channel) * plane + pixel] = rgb[3 * pixel + channel]!;
  }
  return planes;
}

function decode(
  stride: Stride,
  classes: Float32Array,
  objects: Float32Array,
  boxes: Float32Array,
  { width, scale }: Canvas,
): Face[] {
  const columns = width / stride;
  const faces: Face[] = [];
  for (const [index, classScore] of classes.entries()) {
    const score = Math.sqrt(Math.max(0, classScore * objects[index]!));
    if (score < minScore) continue;
    const [offsetX = 0, offsetY = 0, logWidth = 0, logHeight = 0] = boxes.subarray(4 * index, 4 * index + 4);
    const x = ((index % columns) + offsetX) * stride;
    const y = (Math.floor(index / columns) + offsetY) * stride;
    const halfWidth = (Math.exp(logWidth) * stride) / 2;
    const halfHeight = (Math.exp(logHeight) * stride) / 2;
    faces.push({
      left: (x - halfWidth) / scale,
      top: (y - halfHeight) / scale,
      right: (x + halfWidth) / scale,
      bottom: (y + halfHeight) / scale,
      score: probabilityOfYuNet(score, (2 * halfHeight) / canvasSide),
    });
  }
  return faces;
}
