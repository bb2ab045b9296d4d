import { expect, it } from 'vitest';
import { CallRecord, type Stage } from './call-record.js';

const stage = (name: string, milliseconds: number): Stage => ({
  name,
  image: 0,
  startMs: 10,
  endMs: 10 + milliseconds,
});

it('adds up images and features, and keeps the longest wait', () => {
  const record = new CallRecord();
  record.addImages(2, 3);
  record.addImages(1, 1);
  for (const milliseconds of [5, 9, 7]) record.addStage(stage('queue', milliseconds));
  record.addStage(stage('decode', 100));
  expect([record.images, record.features, record.queueMs]).toEqual([3, 4, 9]);
  expect(record.stages).toHaveLength(4);
});

it('tells its listener of every stage, and keeps those of a request, not of an endless stream', () => {
  let [images, pixels, stages] = [0, 0, 0];
  const record = new CallRecord({
    onImages: (count) => void (images += count),
    onPixels: (count) => void (pixels += count),
    onStage: () => void stages++,
  });
  for (let image = 0; image < 1000; image++) {
    record.addImages(1, 1);
    record.addPixels(10);
    record.addStage(stage('queue', image));
  }
  expect([images, pixels, stages]).toEqual([1000, 10_000, 1000]);
  expect(record.stages).toHaveLength(100);
  expect(record.queueMs).toBe(999);
});
