import { describe, expect, it } from 'vitest';
import type { Image } from '../image/image.js';
import type { Checkpoint } from '../threads/jobs.js';
import { loadBackboneJobs } from './backbone/backbone-jobs.js';
import { features } from './features.js';
import { wholeImage } from './text-detection/line/geometry.js';
import { neuralPlan } from './text-detection/read/reading-plan.js';

const image: Image = { width: 64, height: 48, rgb: new Uint8Array(new SharedArrayBuffer(3 * 64 * 48)).fill(200) };
const boxes = [wholeImage(image), wholeImage(image)];
const activationMap = { height: 7, width: 7, channels: 1792, data: new Float32Array(7 * 7 * 1792) };
const column = new Float32Array();
const query = {
  features: { count: 0, x: column, y: column, angle: column, size: column, descriptors: new Uint8Array() },
  thumbnail: { columns: 1, rows: 1, width: 1, height: 1, levels: new Uint8Array(1) },
};
const [text, classification, faces, copies] = await Promise.all([
  features[1].loadJobs(),
  features[2].loadJobs(),
  features[3].loadJobs(),
  features[4].loadJobs(),
]);
const backbone = loadBackboneJobs();

/** The jobs that take longer than a pass over the pixels. */
const jobs: Readonly<Record<string, (checkpoint: Checkpoint) => Promise<unknown>>> = {
  detectLines: (checkpoint) =>
    text.detectLines({ image, view: { region: { left: 0, top: 0, ...image }, scale: 1, margin: 0 } }, checkpoint),
  scoreUpsideDown: (checkpoint) => text.scoreUpsideDown({ image, boxes }, checkpoint),
  scoreConfidence: (checkpoint) => text.scoreConfidence({ image, boxes }, checkpoint),
  readLines: (checkpoint) => text.readLines({ image, boxes, plan: neuralPlan }, checkpoint),
  runBackbone: (checkpoint) => backbone.runBackbone({ image }, checkpoint),
  secondOpinion: (checkpoint) => classification.secondOpinion({ image }, checkpoint),
  scoreQuality: (checkpoint) => classification.scoreQuality({ image, activationMap }, checkpoint),
  scoreObjects: (checkpoint) => classification.scoreObjects({ image }, checkpoint),
  findFaces: (checkpoint) => faces.findFaces({ image, yuNetPath: undefined }, checkpoint),
  hashImage: (checkpoint) => copies.hashImage({ image, mode: 'search' }, checkpoint),
  findDetails: (checkpoint) => copies.findDetails({ image, mode: 'search' }, checkpoint),
  matchDetails: (checkpoint) => copies.matchDetails({ query, stored: [new Uint8Array()] }, checkpoint),
};

describe('jobs of the inference threads', () => {
  it.each(Object.entries(jobs))('%s ends at its first checkpoint when it is cancelled', async (_name, run) => {
    let passed = 0;
    await run(() => void passed++);
    expect(passed).toBeGreaterThan(0);
    const cancelled = (): never => {
      throw new Error('cancelled');
    };
    await expect(run(cancelled)).rejects.toThrow('cancelled');
  });
});
