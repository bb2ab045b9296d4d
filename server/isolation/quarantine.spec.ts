import { describe, expect, it } from 'vitest';
import type { EngineRequest } from './engine-connection.js';
import { Quarantine } from './quarantine.js';

const requestOf = (name: string, method = 'analyze'): EngineRequest => ({
  method,
  message: Buffer.from(name),
  content: Buffer.alloc(2000, name),
});
const [bad, good, other] = ['bad', 'god', 'otherwise'].map((name) => requestOf(name));

/** Blames each of them three times. */
function blameAll(quarantine: Quarantine, ...requests: readonly EngineRequest[]): void {
  for (const request of [...requests, ...requests, ...requests]) quarantine.blame([request]);
}

function held(quarantine: Quarantine, ...requests: readonly EngineRequest[]): boolean[] {
  return requests.map((request) => quarantine.holds(request));
}

describe('a request in quarantine', () => {
  it('is one that ran three times when the process ended, without having succeeded in between', () => {
    const quarantine = new Quarantine();
    expect(held(quarantine, bad!)).toEqual([false]);
    quarantine.blame([bad!, good!, bad!]);
    quarantine.blame([bad!, good!]);
    expect(held(quarantine, bad!, good!)).toEqual([false, false]);
    quarantine.acquit(good!);
    quarantine.blame([bad!, good!, other!]);
    expect(held(quarantine, bad!, good!, other!)).toEqual([true, false, false]);
  });

  it('is none that another method had, and none without an image', () => {
    const quarantine = new Quarantine();
    const stats: EngineRequest = { method: 'stats', message: Buffer.from('b1g') };
    blameAll(quarantine, requestOf('bad', 'add'), stats);
    expect(held(quarantine, requestOf('bad', 'add'), bad!, stats)).toEqual([true, false, false]);
  });

  it('is a page of a PDF apart from the others', () => {
    const quarantine = new Quarantine();
    const one = { ...requestOf('pdf'), page: 1 };
    const two = { ...requestOf('pdf'), page: 2 };
    blameAll(quarantine, two);
    quarantine.acquit(one);
    expect(held(quarantine, one, two)).toEqual([false, true]);
  });

  it('is let go after ten minutes', () => {
    let now = 0;
    const quarantine = new Quarantine(() => now);
    blameAll(quarantine, bad!);
    now = 599_999;
    expect(held(quarantine, bad!)).toEqual([true]);
    now = 600_000;
    expect(held(quarantine, bad!)).toEqual([false]);
  });

  it('is forgotten before a thousand later ones', () => {
    const quarantine = new Quarantine();
    blameAll(quarantine, bad!, good!);
    quarantine.blame(Array.from({ length: 999 }, (_, number) => requestOf(String(number))));
    expect(held(quarantine, bad!, good!)).toEqual([false, true]);
  });
});
