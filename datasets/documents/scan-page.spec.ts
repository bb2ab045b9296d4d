import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawShapes } from '../drawn/draw-text.js';
import type { Box } from '../word-boxes.js';
import type { DocumentPage } from './document-page.js';
import { scanEffects, scanPage } from './scan-page.js';

const box: Box = [300, 40, 340, 60];
const folder = mkdtempSync(join(tmpdir(), 'visiond-scans-'));
const page: DocumentPage = {
  path: join(folder, 'page.png'),
  kind: 'prose',
  language: 'en',
  languages: ['en'],
  lines: [[{ text: 'word', box }]],
};

beforeAll(async () => {
  const [left, top, right, bottom] = box;
  await drawShapes(400, 300, `<rect x="${left}" y="${top}" width="${right - left}" height="${bottom - top}"/>`)
    .png()
    .toFile(page.path);
});
afterAll(() => rmSync(folder, { recursive: true }));

async function greyAt(path: string, x: number, y: number): Promise<number> {
  const { data, info } = await sharp(path).greyscale().raw().toBuffer({ resolveWithObject: true });
  return data[Math.round(y) * info.width + Math.round(x)]!;
}

describe('scanPage', () => {
  it.each(scanEffects)('with %s changes the image, the same way for the same seed', async (effect) => {
    const name = (run: number): string => join(folder, `${effect}${run}.${effect === 'jpeg' ? 'jpg' : 'png'}`);
    const scanned = await scanPage(page, effect, 7, name(1));
    await scanPage(page, effect, 7, name(2));
    expect(scanned).toMatchObject({ kind: effect, path: name(1), language: 'en' });
    expect(readFileSync(name(1))).toEqual(readFileSync(name(2)));
    expect(readFileSync(name(1))).not.toEqual(readFileSync(page.path));
  });

  it.each([1, 2, 3, 4])('turns the boxes with the page (seed %i)', async (seed) => {
    const scanned = await scanPage(page, 'skew', seed, join(folder, `skew-${seed}.png`));
    const [left, top, right, bottom] = scanned.lines[0]![0]!.box;
    const [x, y] = [(left + right) / 2, (top + bottom) / 2];
    expect(await greyAt(scanned.path, x, y)).toBeLessThan(60);
    // The word is 40 by 20 pixels, and its box grows by its corners alone.
    for (const [outX, outY] of [
      [left - 2, y],
      [right + 2, y],
      [x, top - 2],
      [x, bottom + 2],
    ] as const) {
      expect(await greyAt(scanned.path, outX, outY)).toBeGreaterThan(200);
    }
    expect(right - left).toBeLessThan(43);
  });
});
