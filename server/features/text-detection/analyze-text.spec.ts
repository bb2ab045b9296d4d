import { describe, expect, it } from 'vitest';
import type { Image } from '../../image/image.js';
import { WorkerPool } from '../../threads/worker-pool.js';
import { analyzeText, type TextDependencies } from './analyze-text.js';
import type { LineBox } from './line/geometry.js';
import type { TextJobs } from './text-jobs.js';

const never = new AbortController().signal;
const image: Image = { width: 600, height: 400, rgb: new Uint8Array(new SharedArrayBuffer(3 * 600 * 400)) };
const box: LineBox = [
  { x: 0, y: 0 },
  { x: 60, y: 0 },
  { x: 60, y: 10 },
  { x: 0, y: 10 },
];

/** Dependencies for an image with so many lines. There is no thread that could read them. */
function dependencies(lines: number): TextDependencies {
  return {
    pool: new WorkerPool<TextJobs>({
      name: 'empty',
      entry: new URL(import.meta.url),
      size: 0,
      workerData: undefined,
    }),
    findLines: async () => Array.from({ length: lines }, () => box),
    data: { find: async () => undefined, ownFolder: '' },
    polygons: 'upright',
  };
}

describe('analyzeText', () => {
  it.each([
    ['page', 10_001, 10_000],
    ['passport', 1001, 1000],
    ['license-plates', 1001, 1000],
  ])('reads no %s of %i lines', async (model, lines, limit) => {
    await expect(
      analyzeText(dependencies(lines), image, { languageCodes: ['en'], model }, never),
    ).rejects.toMatchObject({
      reason: 'TOO_MANY_LINES',
      message: `The image has ${lines} lines of text; the limit of model "${model}" is ${limit}`,
    });
  });

  it('has an empty page for an image without lines', async () => {
    const { pages } = await analyzeText(dependencies(0), image, undefined, never);
    expect(pages).toEqual([{ width: 600n, height: 400n, blocks: [], entities: [] }]);
  });
});
