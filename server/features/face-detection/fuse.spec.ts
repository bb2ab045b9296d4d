import { describe, expect, it } from 'vitest';
import type { Face } from './face.js';
import { fuse } from './fuse.js';

const image = { width: 1000, height: 600 };
const face = (left: number, score: number, size = 50): Face => ({
  left,
  top: 100,
  right: left + size,
  bottom: 100 + size,
  score,
});

function scoreOf(faceBoxes: readonly Face[], blazeFace: readonly Face[]): number {
  return fuse(faceBoxes, blazeFace, image)[0]?.score ?? 0;
}

describe('fuse', () => {
  it('gives what both found a higher score than what one found', () => {
    const both = scoreOf([face(100, 0.7)], [face(103, 0.7)]);
    expect(both).toBeGreaterThan(scoreOf([face(100, 0.7)], []));
    expect(both).toBeGreaterThan(scoreOf([], [face(100, 0.7)]));
    expect(both).toBeGreaterThan(scoreOf([face(100, 0.7)], [face(300, 0.7)]));
  });

  it('grows with each of the scores', () => {
    const scores = [0.3, 0.6, 0.9, 0.99].map((score) => scoreOf([face(100, score)], [face(100, 0.6)]));
    expect(scores).toEqual(scores.toSorted((a, b) => a - b));
    expect(scoreOf([face(100, 0.6)], [face(100, 0.9)])).toBeGreaterThan(scoreOf([face(100, 0.6)], [face(100, 0.5)]));
  });

  it('gives large faces a lower score, up to half of the image', () => {
    const scores = [50, 100, 300, 600, 700].map((size) => scoreOf([face(0, 0.9, size)], [face(0, 0.8, size)]));
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    expect(scores[4]).toBe(scores[3]);
    expect(scores[3]).toBeLessThan(scores[2] ?? 0);
  });

  it('averages the boxes of both', () => {
    const [fused] = fuse([face(100, 0.9)], [face(110, 0.9)], image);
    const [byFaceBoxes] = fuse([face(100, 0.9)], [], image);
    const [byBlazeFace] = fuse([], [face(110, 0.9)], image);
    expect(fused?.left).toBeCloseTo(((byFaceBoxes?.left ?? 0) + (byBlazeFace?.left ?? 0)) / 2);
    expect(fused?.bottom).toBeCloseTo(((byFaceBoxes?.bottom ?? 0) + (byBlazeFace?.bottom ?? 0)) / 2);
  });

  it('keeps neighboring faces apart, and finds nothing in nothing', () => {
    expect(fuse([face(100, 0.9), face(160, 0.9)], [face(101, 0.9), face(161, 0.9)], image)).toHaveLength(2);
    expect(fuse([], [], image)).toEqual([]);
    expect(fuse([face(100, 0.1)], [face(400, 0.1)], image)).toEqual([]);
  });
});
