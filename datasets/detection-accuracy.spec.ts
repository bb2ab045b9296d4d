import { describe, expect, it } from 'vitest';
import { detectionAccuracy } from './detection-accuracy.js';

const box = (left: number, score: number) => ({ left, top: 0, right: left + 10, bottom: 10, score });

describe('detectionAccuracy', () => {
  it('is perfect where everything is found before anything else', () => {
    const { averagePrecision, recallAt } = detectionAccuracy(
      [{ found: [box(0, 0.9), box(50, 0.8), box(99, 0.1)], expected: [box(1, 1), box(50, 1)] }],
      0.5,
    );
    expect([averagePrecision, recallAt(0), recallAt(1)]).toEqual([1, 1, 1]);
  });

  it('counts a second detection of the same face as wrong', () => {
    const { averagePrecision } = detectionAccuracy(
      [{ found: [box(0, 0.9), box(1, 0.8), box(50, 0.7)], expected: [box(0, 1), box(50, 1)] }],
      0.5,
    );
    // Precision 1 up to recall 1/2, then 2/3.
    expect(averagePrecision).toBeCloseTo(1 / 2 + 2 / 3 / 2);
  });

  it('orders the detections of all images by their scores', () => {
    const images = [
      { found: [box(70, 0.9)], expected: [] },
      { found: [box(0, 0.5)], expected: [box(0, 1)] },
    ];
    const { averagePrecision, recallAt } = detectionAccuracy(images, 0.5);
    expect([averagePrecision, recallAt(0.4), recallAt(0.5)]).toEqual([0.5, 0, 1]);
  });

  it('asks for the overlap', () => {
    const images = [{ found: [box(4, 1)], expected: [box(0, 1)] }];
    expect([0.3, 0.5].map((minOverlap) => detectionAccuracy(images, minOverlap).averagePrecision)).toEqual([1, 0]);
  });
});
