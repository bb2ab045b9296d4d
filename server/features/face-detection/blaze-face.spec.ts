import { describe, expect, it } from 'vitest';
import { createBlazeFaceFinder, type BlazeFaceModel } from './blaze-face.js';

/** A network that finds this box in the first cell of 16 pixels of every picture. */
function saying(...box: readonly [moveX: number, moveY: number, width: number, height: number]): BlazeFaceModel {
  return {
    async run(_data, [, height = 0, width = 0]) {
      const output = (stride: number, each: number) => {
        const shape = [1, height / stride, width / stride, each];
        return { data: new Float32Array(shape.reduce((product, side) => product * side)), shape };
      };
      const outputs = {
        logits16: output(16, 2),
        logits32: output(32, 6),
        boxes16: output(16, 32),
        boxes32: output(32, 96),
      };
      outputs.logits16.data.fill(-100)[0] = 3;
      outputs.logits32.data.fill(-100);
      outputs.boxes16.data.set(box);
      return outputs;
    },
  };
}

const picture = { width: 512, height: 512, rgb: new Uint8Array(3 * 512 * 512) };

describe('createBlazeFaceFinder', () => {
  it('puts a box at its cell, at both scales', async () => {
    const faces = await createBlazeFaceFinder(saying(8, 8, 20, 30))(picture);
    // The center of cell 0 is at 8, 8 of 256 pixels: at 16 of 512.
    expect(faces[0]).toEqual({
      left: 12,
      top: 2,
      right: 52,
      bottom: 62,
      score: expect.closeTo(1 / (1 + Math.exp(-3))),
    });
    const scale = 512 / 416;
    const close = (pixels: number) => expect.closeTo(pixels * scale, 3);
    expect(faces[1]).toMatchObject({ left: close(6), top: close(1), right: close(26), bottom: close(31) });
    expect(faces).toHaveLength(2);
  });

  it('centers a picture of any shape in the input', async () => {
    const wide = { width: 1000, height: 10, rgb: new Uint8Array(3 * 10_000) };
    const [face] = await createBlazeFaceFinder(saying(0, 0, 20, 20))(wide);
    // 256 x 3 pixels centered in 256 x 256, and 416 x 4 in 416 x 256: 126 rows are above it.
    expect(face).toMatchObject({
      left: expect.closeTo((-2 * 1000) / 256, 3),
      top: expect.closeTo((-128 * 1000) / 256, 3),
    });
  });

  it('ignores boxes of negative size', async () => {
    expect(await createBlazeFaceFinder(saying(0, 0, 20, -1))(picture)).toEqual([]);
    expect(await createBlazeFaceFinder(saying(0, 0, -20, 20))(picture)).toEqual([]);
  });
});
