import { expect, it } from 'vitest';
import { calibrated } from './calibrate.js';
import { readers } from './read-line.js';

it.each(readers)('keeps the order of what %s says, between 0 and 1', (reader) => {
  const said = [0, 0.2, 0.5, 0.8, 0.95, 0.99];
  const meant = said.map((confidence) => calibrated(reader, confidence));
  expect(meant).toEqual(meant.toSorted((a, b) => a - b));
  expect(new Set(meant).size).toBe(said.length);
  expect(Math.min(...meant)).toBeGreaterThan(0);
  expect(calibrated(reader, 1)).toBeLessThan(1);
});
