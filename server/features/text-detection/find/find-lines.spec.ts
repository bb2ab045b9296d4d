import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Image } from '../../../image/image.js';
import { rotatedCounterclockwise } from '../../../image/rotate.js';
import type { OnnxModel } from '../../../inference/onnx/onnx-session.js';
import { boundsOf, type LineBox } from '../line/geometry.js';
import { detectLines, type View } from './detector.js';
import { findLines } from './find-lines.js';
import { findInk } from './ink.js';

/** A network for which everything dark is text. Records the sizes of its inputs. */
function darkness(): OnnxModel & { readonly inputs: string[] } {
  const inputs: string[] = [];
  return {
    inputs,
    async run(data, [, , height = 0, width = 0]) {
      inputs.push(`${width} x ${height}`);
      return {
        data: Float32Array.from(data.subarray(0, width * height), (value) => (value < 0 ? 1 : 0)),
        shape: [1, 1, height, width],
      };
    },
  };
}

/** A white page with black bars of a height, one every 60 pixels. */
function bars(width: number, height: number, barHeight: number): Image {
  const rgb = new Uint8Array(new SharedArrayBuffer(3 * width * height)).fill(255);
  for (let y = 0; y < height; y++) {
    if (y % 60 >= 20 && y % 60 < 20 + barHeight) rgb.fill(0, 3 * (y * width + 50), 3 * (y * width + width - 50));
  }
  return { width, height, rgb };
}

function findIn(model: OnnxModel, image: Image): Promise<LineBox[]> {
  return findLines(image, { detect: (view) => detectLines(model, image, view), findInk: async () => findInk(image) });
}

describe('findLines', () => {
  it('finds large text in one pass, at no more than 960 pixels', async () => {
    const model = darkness();
    expect(await findIn(model, bars(600, 600, 20))).toHaveLength(10);
    expect(await findIn(model, bars(1200, 1920, 36))).toHaveLength(32);
    expect(model.inputs).toEqual(['608 x 608', '608 x 960']);
  });

  it('enlarges small text in a second pass, and finds it at the same place', async () => {
    const model = darkness();
    const boxes = await findIn(model, bars(600, 600, 6));
    expect(model.inputs[0]).toBe('608 x 608');
    expect(model.inputs).toHaveLength(2);
    expect(Number.parseInt(model.inputs[1]!, 10)).toBeGreaterThan(700);
    expect(boxes).toHaveLength(10);
    const { top, bottom } = boundsOf(boxes.flat());
    expect(top).toBeGreaterThan(10);
    expect(bottom).toBeLessThan(540 + 36);
  });

  it('enlarges no page beyond six megapixels', async () => {
    const model = darkness();
    await findIn(model, bars(2300, 2300, 5));
    const inputs = model.inputs.slice(2).map((input) => input.split(' x ').map(Number));
    expect(inputs.length).toBeGreaterThan(4);
    for (const [width] of inputs) expect(width).toBeLessThanOrEqual(2464);
  });

  it('sees nothing but the part of a page that has ink', async () => {
    const page = bars(1240, 1754, 8);
    page.rgb.fill(255, 3 * 1240 * 500);
    const model = darkness();
    expect(await findIn(model, page)).toHaveLength(8);
    const seen = model.inputs.slice(2).reduce((sum, input) => {
      const [width = 0, height = 0] = input.split(' x ').map(Number);
      return sum + width * height;
    }, 0);
    expect(seen).toBeLessThan(2 * 1240 * 560);
  });

  it('sees a title whose letters are higher than tiles overlap as a whole, beside small print', async () => {
    const page = bars(1240, 1754, 8);
    page.rgb.fill(255, 3 * 1240 * 480, 3 * 1240 * 760);
    page.rgb.fill(0, 3 * 1240 * 560, 3 * 1240 * 690);
    const boxes = await findIn(darkness(), page);
    const titles = boxes.map((box) => boundsOf(box)).filter(({ top, bottom }) => bottom - top > 60);
    expect(titles).toHaveLength(1);
    expect(titles[0]!.bottom - titles[0]!.top).toBeGreaterThan(130);
  });

  it('divides a large page with small print into tiles, and finds every line once', async () => {
    const model = darkness();
    const boxes = await findIn(model, bars(800, 4000, 10));
    expect(boxes).toHaveLength(67);
    const tops = boxes.map((box) => Math.round(boundsOf(box).top / 60)).toSorted((a, b) => a - b);
    expect(tops).toEqual(Array.from({ length: 67 }, (_, index) => index));
    // The page, a sample, and tiles.
    expect(model.inputs.slice(0, 2)).toEqual(['192 x 960', '640 x 640']);
    expect(model.inputs.length).toBeGreaterThan(4);
  });

  it('does the same if the lines run up', async () => {
    const page = bars(800, 4000, 10);
    expect(await findIn(darkness(), rotatedCounterclockwise(page))).toHaveLength(67);
  });

  it('finds a line of which an end sticks out, as the mark of a footnote does', async () => {
    const page = bars(600, 300, 0);
    for (let y = 100; y < 130; y++) page.rgb.fill(0, 3 * (600 * y + 50), 3 * (600 * y + 550));
    for (let y = 60; y < 100; y++) page.rgb.fill(0, 3 * (600 * y + 540), 3 * (600 * y + 550));
    expect(await findIn(darkness(), page)).toHaveLength(1);
  });

  it('halves the scale of a strip in which it finds nothing', async () => {
    const model = darkness();
    expect(await findIn(model, bars(600, 100, 20))).toHaveLength(2);
    expect(model.inputs).toHaveLength(1);
    expect(await findIn(model, bars(600, 100, 0))).toEqual([]);
    const [, first, second] = model.inputs.map((input) => Number.parseInt(input, 10));
    expect(second).toBeLessThan(0.6 * first!);
  });

  it('stops after two passes over a large image without text', async () => {
    const model = darkness();
    expect(await findIn(model, bars(2000, 2000, 0))).toEqual([]);
    expect(model.inputs).toEqual(['800 x 800', '640 x 640']);
  });

  it('finds every line of a wide page once, in lower tiles', async () => {
    const model = darkness();
    expect(await findIn(model, bars(5200, 1300, 10))).toHaveLength(22);
    const heights = model.inputs.slice(2).map((input) => Number(input.split(' x ')[1]));
    expect(Math.max(...heights)).toBeLessThan(700);
  });

  it('shows the detector no more than a tile at a time, and all of the text', async () => {
    const side = fc.integer({ min: 128, max: 65_535 });
    await fc.assert(
      fc.asyncProperty(side, side, fc.integer({ min: 3, max: 40 }), fc.boolean(), async (a, b, print, isUpright) => {
        const size = { width: a, height: Math.min(b, Math.max(128, Math.floor(20_000_000 / a))) };
        const [columns, rows] = [Math.ceil(size.width / 16), Math.ceil(size.height / 16)];
        const cells = new Uint8Array(columns * rows);
        // Print in two corners, so that all of the image is text.
        cells.fill(1, 0, 1);
        cells.fill(1, cells.length - 1);
        const views: View[] = [];
        const detect = async (view: View): Promise<LineBox[]> => {
          views.push(view);
          const { left, top } = view.region;
          const [right, bottom] = isUpright ? [left + print, top + 9 * print] : [left + 9 * print, top + print];
          return [
            [
              { x: left, y: top },
              { x: right, y: top },
              { x: right, y: bottom },
              { x: left, y: bottom },
            ],
          ];
        };
        await findLines(size, { detect, findInk: async () => ({ columns, rows, cells }) });
        for (const { region, scale, margin } of views) {
          const pixels = (region.width * scale + 2 * margin) * (region.height * scale + 2 * margin);
          expect(pixels).toBeLessThanOrEqual(650_000);
        }
        const ends = views.map(({ region }) => [region.left + region.width, region.top + region.height]);
        expect(Math.max(...ends.map(([x]) => x!))).toBe(size.width);
        expect(Math.max(...ends.map(([, y]) => y!))).toBe(size.height);
      }),
    );
  });
});
