import { describe, expect, it } from 'vitest';
import { describeBounds, parseBounds } from './bounds.js';

describe('parseBounds', () => {
  it.each([
    ['1-8', 1, 8, '1 to 8 bytes'],
    ['<=50', 0, 50, 'at most 50 bytes'],
    ['<=1', 0, 1, 'at most 1 byte'],
    ['<50', 0, 49, 'at most 49 bytes'],
    ['>=1', 1, Infinity, 'at least 1 byte'],
    ['>0', 1, Infinity, 'at least 1 byte'],
    ['36', 36, 36, 'exactly 36 bytes'],
  ])('reads %s', (text, min, max, description) => {
    expect(parseBounds(text)).toEqual({ min, max });
    expect(describeBounds({ min, max }, 'byte', 'bytes')).toBe(description);
  });

  it.each(['', '8-', 'a-b', '<=', '~5', '1.5'])('refuses "%s"', (text) => {
    expect(() => parseBounds(text)).toThrow('neither a range nor a bound');
  });
});
