import { describe, expect, it } from 'vitest';
import { createBlazeFaceFinder, type BlazeFaceModel } from './blaze-face.js';

/** A network that says of every picture that its first cell of 16 pixels has this box. */
function saying(...box: readonly [moveX: number, moveY: number, width: number, height: number]): BlazeFaceModel {
  const output = (count: number, each: number) => ({ data: new Float32Array(count * each), shape: [1, count, each] });
  return {
    async run() {
      const outputs = { logits16: output(512, 1), logits32: output(384, 1), boxes16: output(512, 16), boxes32: output(384, 16) };
      outputs.logits16.data.fill(-100)[0] = 3;
      outputs.logits32.data.fill(-100);
      outputs.boxes16.data.set(box);
      return outputs;
    },
  };
}

const picture = { width: 512, height: 512, rgb: new Uint8Array(3 * 512 * 512) };

describe('createBlazeFaceFinder', () => {
  it('puts a box where its cell is, in the whole picture and in its parts', async () => {
    const faces = await createBlazeFaceFinder(saying(8, 8, 20, 30))(picture);
    // Cell 0 has its middle at 8, 8 of 256: at 16 of 512 pixels. Parts begin at 0 and 160 of 416 pixels.
    expect(faces[0]).toEqual({ left: 12, top: 2, right: 52, bottom: 62, score: expect.closeTo(1 / (1 + Math.exp(-3))) });
    const part = 512 / 416;
    expect(faces.some(({ left, top }) => Math.abs(left - (160 + 6) * part) < 1e-3 && Math.abs(top - (160 + 1) * part) < 1e-3)).toBe(true);
  });

  it('leaves out boxes that are turned inside out', async () => {
    expect(await createBlazeFaceFinder(saying(0, 0, 20, -1))(picture)).toEqual([]);
    expect(await createBlazeFaceFinder(saying(0, 0, -20, 20))(picture)).toEqual([]);
  });
});
