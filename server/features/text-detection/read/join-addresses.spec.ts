import { describe, expect, it } from 'vitest';
import type { RecognizedWord } from '../line/recognized-line.js';
import { joinAddresses } from './join-addresses.js';

function joined(line: string): string {
  const words = line.split(' ').map((text): RecognizedWord => ({ text, left: 0, right: 1, top: 0, bottom: 1 }));
  return joinAddresses(words)
    .map(({ text }) => text)
    .join(' ');
}

describe('joinAddresses', () => {
  it.each([
    ['Write to office @ example.org today', 'Write to office@example.org today'],
    ['Write to office @example.org', 'Write to office@example.org'],
    ['Write to office@ example.org.', 'Write to office@example.org.'],
    ['see http:// example.org/path', 'see http://example.org/path'],
  ])('joins the parts of %s', (read, meant) => {
    expect(joined(read)).toBe(meant);
  });

  it.each(['12 @ 4.50 each', 'apples @ home', 'the http:// scheme', 'a @ b', '@ example.org', 'office at example.org'])(
    'leaves %s',
    (line) => {
      expect(joined(line)).toBe(line);
    },
  );
});
