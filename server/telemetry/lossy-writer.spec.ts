import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { lossyWriter } from './lossy-writer.js';

/** A stream whose writes fail, hang or work as `state` says. Like standard error it goes on after a failure. */
function unsteady(): { stream: Writable; written: string[]; state: { fails: boolean; hangs: boolean } } {
  const written: string[] = [];
  const state = { fails: false, hangs: false };
  const stream = new Writable({
    decodeStrings: false,
    autoDestroy: false,
    write(line: string, _encoding, done) {
      if (state.hangs) return;
      if (state.fails) return done(Object.assign(new Error('full'), { code: 'ENOSPC' }));
      written.push(line);
      done();
    },
  });
  // What Node does for standard output and standard error: the next write is tried again.
  stream.on('error', () => Reflect.get(stream, '_undestroy').call(stream));
  return { stream, written, state };
}

const notice = (dropped: number): string => `${dropped} dropped\n`;
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('lossyWriter', () => {
  it('drops what cannot be written, and says how much when it can write again', async () => {
    const { stream, written, state } = unsteady();
    const write = lossyWriter(stream, notice);
    for (const [line, fails] of [
      ['a\n', false],
      ['b\n', true],
      ['c\n', true],
      ['d\n', false],
      ['e\n', false],
    ] as const) {
      state.fails = fails;
      write(line);
      await settled();
    }
    expect(written).toEqual(['a\n', 'd\n', '2 dropped\n', 'e\n']);
  });

  it('holds a few megabytes for a reader that does not read, and no more', async () => {
    const { stream, state } = unsteady();
    const write = lossyWriter(stream, notice);
    state.hangs = true;
    for (let line = 0; line < 100; line++) write('x'.repeat(1 << 20));
    expect(stream.writableLength).toBeLessThan(6 << 20);
  });
});
