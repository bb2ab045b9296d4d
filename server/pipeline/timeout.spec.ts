import { describe, expect, it } from 'vitest';
import { parseTimeout } from './timeout.js';

describe('parseTimeout', () => {
  it.each([
    ['10S', 10_000],
    ['1H', 3_600_000],
    ['2M', 120_000],
    ['250m', 250],
    ['5000u', 5],
    ['0S', 0],
  ])('reads %s', (header, milliseconds) => {
    expect(parseTimeout(header, 1000)?.getTime()).toBe(1000 + milliseconds);
  });

  it('knows no timeout where there is no header', () => {
    expect(parseTimeout(undefined)).toBeUndefined();
  });

  it.each(['', '10', 'S', '-1S', '123456789S', '1.5S', '10s', ' 1S'])('refuses %j', (header) => {
    expect(() => parseTimeout(header)).toThrow('grpc-timeout');
  });
});
