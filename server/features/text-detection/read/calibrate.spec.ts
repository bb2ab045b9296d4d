import { expect, it } from 'vitest';
import { calibrate } from './calibrate.js';
import { readers } from './recognizers.js';

it.each(readers)('keeps the order of the confidences of $name, between 0 and 1', ({ calibration }) => {
  const confidences = [0, 0.2, 0.5, 0.8, 0.95, 0.99];
  const calibrated = confidences.map((confidence) => calibrate(calibration, confidence));
  expect(calibrated).toEqual(calibrated.toSorted((a, b) => a - b));
  expect(new Set(calibrated).size).toBe(confidences.length);
  expect(Math.min(...calibrated)).toBeGreaterThan(0);
  expect(calibrate(calibration, 1)).toBeLessThan(1);
});
