import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { numberText } from './number-text.js';

describe('numberText', () => {
  // Numbers that the original API has printed.
  it.each([
    '0.37257921695709229',
    '0.016506871208548546',
    '0.010539066046476364',
    '3.5408855183050036e-05',
    '0.934864521',
    '0.508854568',
    '0.7485063672',
  ])('prints %s as it was', (text) => {
    expect(numberText(Number(text), 'double')).toBe(text);
  });

  it.each([
    [0, '0'],
    [-0, '-0'],
    [1, '1'],
    [100, '100'],
    [0.0001, '0.0001'],
    [0.00001, '1e-05'],
    [1e15, '1e+15'],
    [123456789012345, '123456789012345'],
    [1e300, '1e+300'],
  ])('prints %d as %s', (value, text) => {
    expect(numberText(value, 'double')).toBe(text);
  });

  it('loses nothing', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Object.is(Number(numberText(value, 'double')), value)).toBe(true);
      }),
    );
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Object.is(Math.fround(Number(numberText(value, 'float'))), value)).toBe(true);
      }),
    );
  });
});
