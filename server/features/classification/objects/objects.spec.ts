import { describe, expect, it } from 'vitest';
import { fixture } from '../../../../test/fixtures.js';
import { decodeFile, readHeader } from '../../../image/decode-image.js';
import { cocoLabels } from './coco-labels.js';
import { scoreObjects } from './objects.js';

const score = async (name: string): Promise<Record<string, number>> => {
  const scores = await scoreObjects(await decodeFile(readHeader(fixture(name), 20_000_000)));
  expect(scores).toHaveLength(cocoLabels.length);
  return Object.fromEntries(cocoLabels.map((label, at) => [label, scores[at] ?? Number.NaN]));
};

describe('scoreObjects', () => {
  it('scores the 80 things of COCO, each under its own label', async () => {
    expect([cocoLabels.length, new Set(cocoLabels).size]).toEqual([80, 80]);
    const { 'stop sign': found = 0, ...others } = await score('stop-sign.jpg');
    expect(found).toBeGreaterThan(0.5);
    expect(Math.max(...Object.values(others))).toBeLessThan(0.5);
    expect(Math.min(...Object.values(others))).toBeGreaterThanOrEqual(0);
  });

  it('finds nothing in black', async () => {
    expect(Math.max(...Object.values(await score('black.png')))).toBeLessThan(0.3);
  });
});
