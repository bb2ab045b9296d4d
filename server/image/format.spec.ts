import { describe, expect, it } from 'vitest';
import { fixture } from '../../test/fixtures.js';
import { isPdf, sniffFormat } from './format.js';

describe('isPdf', () => {
  it.each([
    ['at the first byte', Buffer.from('%PDF-1.7\n')],
    ['at the end of the first 1024 bytes', Buffer.from(`${' '.repeat(1019)}%PDF-`)],
    ['within a larger buffer', Buffer.from('xx%PDF-1.4').subarray(2)],
  ])('finds the signature %s', (_where, content) => {
    expect([isPdf(content), sniffFormat(content)]).toEqual([true, undefined]);
  });

  it.each([
    ['behind them', Buffer.from(`${' '.repeat(1020)}%PDF-`)],
    ['cut off', Buffer.from('%PDF')],
    ['nowhere', Buffer.alloc(0)],
    ['behind the content that a view has', Buffer.from('xx%PDF-1.4').subarray(0, 4)],
    ['in an image', Buffer.concat([fixture('english.png').subarray(0, 100), Buffer.from('%PDF-1.7')])],
  ])('does not where it is %s', (_where, content) => {
    expect(isPdf(content)).toBe(false);
  });
});
