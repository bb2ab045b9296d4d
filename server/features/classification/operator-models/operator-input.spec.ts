import { describe, expect, it } from 'vitest';
import type { Image } from '../../../image/image.js';
import type { Manifest } from './manifest.js';
import { operatorInput, operatorProbabilities } from './operator-input.js';

const manifest: Manifest = {
  width: 2,
  height: 1,
  layout: 'NHWC',
  channels: 'RGB',
  fit: 'stretch',
  mean: [0, 0, 0],
  std: [1, 1, 1],
  labels: 'exclusive',
  output: 'probabilities',
};

/** One row of pixels. */
function row(...pixels: ReadonlyArray<readonly [number, number, number]>): Image {
  const rgb = new Uint8Array(new SharedArrayBuffer(3 * pixels.length));
  rgb.set(pixels.flat());
  return { width: pixels.length, height: 1, rgb };
}

describe('operatorInput', () => {
  const two = row([10, 20, 30], [40, 50, 60]);

  it.each([
    [{}, [1, 1, 2, 3], [10, 20, 30, 40, 50, 60]],
    [{ layout: 'NCHW' as const }, [1, 3, 1, 2], [10, 40, 20, 50, 30, 60]],
    [{ channels: 'BGR' as const }, [1, 1, 2, 3], [30, 20, 10, 60, 50, 40]],
    [
      { layout: 'NCHW' as const, channels: 'BGR' as const, mean: [30, 0, 10] as const, std: [2, 1, 10] as const },
      [1, 3, 1, 2],
      [0, 15, 20, 50, 0, 3],
    ],
  ])('with %j', (change, shape, data) => {
    const input = operatorInput(two, { ...manifest, ...change });
    expect(input.shape).toEqual(shape);
    expect([...input.data]).toEqual(data);
  });

  it('crops to the center', () => {
    const four = row([0, 0, 0], [10, 10, 10], [20, 20, 20], [99, 99, 99]);
    const { data } = operatorInput(four, { ...manifest, width: 1, height: 1, fit: 'crop' });
    expect([...data]).toEqual([10, 10, 10]);
  });
});

describe('operatorProbabilities', () => {
  it('returns probabilities, and computes them from logits', () => {
    expect(operatorProbabilities(Float32Array.of(0.25, 0.75), manifest, 2)).toEqual([0.25, 0.75]);
    expect(operatorProbabilities(Float32Array.of(1000, 1000), { ...manifest, output: 'logits' }, 2)).toEqual([
      0.5, 0.5,
    ]);
    const independent = { ...manifest, output: 'logits', labels: 'independent' } as const;
    expect(operatorProbabilities(Float32Array.of(0, -1000), independent, 2)).toEqual([0.5, 0]);
  });

  it('rejects other outputs', () => {
    expect(() => operatorProbabilities(Float32Array.of(1), manifest, 2)).toThrow(
      'outputs 1 value, but labels.txt has 2 labels',
    );
    expect(() => operatorProbabilities(Float32Array.of(1.5, NaN), manifest, 2)).toThrow(
      'outputs 1.5, which is not a probability',
    );
    expect(() => operatorProbabilities(Float32Array.of(0, NaN), manifest, 2)).toThrow(
      'outputs NaN, which is not a probability',
    );
  });
});
