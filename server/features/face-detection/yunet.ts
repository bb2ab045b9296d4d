import type { Image } from '../../image/image.js';
import type { NamedOutputsModel } from '../../inference/onnx-session.js';
import { drawCanvas } from './canvas.js';
import { suppress, type Face } from './face.js';
import { probabilityOfYuNet } from './probability.js';

/** The grids of YuNet: cells of so many pixels, with one anchor each. */
const strides = [8, 16, 32] as const;
type Stride = (typeof strides)[number];

export type YuNetOutput = `${'cls' | 'obj' | 'bbox'}_${Stride}`;
export type YuNetModel = NamedOutputsModel<YuNetOutput>;

/** Names of the outputs that are used. */
export const yuNetOutputs: readonly YuNetOutput[] = strides.flatMap((stride) => [`cls_${stride}`, `obj_${stride}`, `bbox_${stride}`] as const);

/** Longer side, in pixels, that the network sees: what it was trained with. */
const canvasSide = 640;
const minScore = 0.05;
const maxOverlap = 0.45;

/** Finds faces with YuNet. */
export async function findWithYuNet(model: YuNetModel, image: Image): Promise<Face[]> {
  const { width, height, scale, rgb } = drawCanvas(image, canvasSide, 32, [0, 255]);
  const plane = width * height;
  const bluePlanesFirst = new Float32Array(3 * plane);
  for (let pixel = 0; pixel < plane; pixel++) {
    for (let channel = 0; channel < 3; channel++) bluePlanesFirst[(2 - channel) * plane + pixel] = rgb[3 * pixel + channel]!;
  }
  const outputs = await model.run(bluePlanesFirst, [1, 3, height, width]);
  const candidates = strides.flatMap((stride) => {
    const [classes, objects, boxes] = [outputs[`cls_${stride}`].data, outputs[`obj_${stride}`].data, outputs[`bbox_${stride}`].data];
    const faces: Face[] = [];
    for (const [index, classScore] of classes.entries()) {
      const score = Math.sqrt(Math.max(0, classScore * objects[index]!));
      if (score < minScore) continue;
      const [moveX = 0, moveY = 0, growX = 0, growY = 0] = boxes.subarray(4 * index, 4 * index + 4);
      const columns = width / stride;
      const x = ((index % columns) + moveX) * stride;
      const y = (Math.floor(index / columns) + moveY) * stride;
      const halfWidth = (Math.exp(growX) * stride) / 2;
      const halfHeight = (Math.exp(growY) * stride) / 2;
      faces.push({
        left: (x - halfWidth) / scale,
        top: (y - halfHeight) / scale,
        right: (x + halfWidth) / scale,
        bottom: (y + halfHeight) / scale,
        score: probabilityOfYuNet(score, (2 * halfHeight) / canvasSide),
      });
    }
    return faces;
  });
  return suppress(candidates, maxOverlap);
}
