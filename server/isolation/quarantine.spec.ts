import { describe, expect, it } from 'vitest';
import type { RequestParts } from './engine-connection.js';
import { Quarantine } from './quarantine.js';

const bad: RequestParts = [Buffer.from('bad')];
const good: RequestParts = [Buffer.from('good')];
const other: RequestParts = [Buffer.from('oth'), Buffer.from('er')];

/** Blames each of them twice. */
function blameTwice(quarantine: Quarantine, ...requests: readonly RequestParts[]): void {
  for (const request of [...requests, ...requests]) quarantine.blame([request]);
}

describe('a request in quarantine', () => {
  it('is one that ran twice when the process ended, without having succeeded in between', () => {
    const quarantine = new Quarantine();
    expect(quarantine.holds(bad)).toBe(false);
    quarantine.blame([bad, good, bad]);
    expect([bad, good].map((each) => quarantine.holds(each))).toEqual([false, false]);
    quarantine.acquit(good);
    quarantine.blame([bad, good, other]);
    expect([bad, good, other].map((each) => quarantine.holds(each))).toEqual([true, false, false]);
  });

  it('is let go after ten minutes', () => {
    let now = 0;
    const quarantine = new Quarantine(() => now);
    blameTwice(quarantine, bad);
    now = 599_999;
    expect(quarantine.holds(bad)).toBe(true);
    now = 600_000;
    expect(quarantine.holds(bad)).toBe(false);
  });

  it('is forgotten before a thousand later ones', () => {
    const quarantine = new Quarantine();
    blameTwice(quarantine, bad, good);
    quarantine.blame(Array.from({ length: 999 }, (_, number): RequestParts => [Buffer.from(String(number))]));
    expect([bad, good].map((each) => quarantine.holds(each))).toEqual([false, true]);
  });
});
