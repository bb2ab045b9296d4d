import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { decodeImage } from '../../image/decode-image.js';
import type { Image } from '../../image/image.js';
import { repositoryRoot } from '../../paths.js';
import type { Checkpoint, JobHandlers } from '../../threads/jobs.js';
import { wholeImage } from './line/geometry.js';
import { neuralPlan } from './read/reading-plan.js';
import { loadTextJobs, type TextJobs } from './text-jobs.js';

let jobs: JobHandlers<TextJobs>;
let image: Image;

beforeAll(async () => {
  jobs = await loadTextJobs();
  image = await decodeImage(readFileSync(join(repositoryRoot, 'examples/sample.png')), 1e8);
});

/** A checkpoint at which a job is cancelled when it comes there for the last of `times` times. */
function cancelledAt(times: number): Checkpoint & { readonly passed: () => number } {
  let passed = 0;
  const checkpoint = (): void => {
    if (++passed === times) throw new Error('cancelled');
  };
  return Object.assign(checkpoint, { passed: () => passed });
}

describe('the jobs of text detection', () => {
  const boxes = (): ReturnType<typeof wholeImage>[] => Array.from({ length: 10 }, () => wholeImage(image));

  it.each(['readLines', 'scoreConfidence', 'scoreUpsideDown'] as const)('%s ends between two lines', async (name) => {
    const checkpoint = cancelledAt(3);
    const input = { image, boxes: boxes(), plan: neuralPlan };
    await expect(jobs[name](input, checkpoint)).rejects.toThrow('cancelled');
    expect(checkpoint.passed()).toBe(3);
  });

  it.each([1, 2, 4])('detectLines ends at its checkpoint %i: around the network, and at every line', async (times) => {
    const checkpoint = cancelledAt(times);
    const view = { region: { left: 0, top: 0, width: image.width, height: image.height }, scale: 1, margin: 0 };
    await expect(jobs.detectLines({ image, view }, checkpoint)).rejects.toThrow('cancelled');
    expect(checkpoint.passed()).toBe(times);
  });
});
