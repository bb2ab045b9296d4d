import { randomBytes } from 'node:crypto';
import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { framed } from '../../test/grpc-frame.js';
import { FrameReader } from './frame-reader.js';

const limit = 100_000;

/** A reader as grpc-js uses it: what its stream brings is written to it. */
function read(admit: (bytes: number) => Promise<void> | undefined) {
  const stream = new PassThrough();
  const frames: Buffer[] = [];
  const refusals: unknown[] = [];
  let started = 0;
  const reader = new FrameReader({
    stream,
    limit,
    onStart: () => started++,
    admit,
    onRefused: (error) => void refusals.push(error),
  });
  stream.on('data', (chunk: Buffer) => void frames.push(...reader.write(chunk)));
  const ended = new Promise((resolve) => stream.once('end', resolve));
  return { stream, reader, frames, refusals, ended, started: () => started };
}

describe('frames', () => {
  it('are the same however they are cut, and however long they wait', async () => {
    const sizes = fc.array(fc.nat({ max: 300 }), { maxLength: 12 });
    const cuts = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 12 });
    const patterns = fc.array(fc.boolean(), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(sizes, cuts, patterns, async (lengths, pieces, pattern) => {
        const sent = lengths.map((length, index) => framed(randomBytes(length), index % 2 === 0));
        const bytes = Buffer.concat(sent);
        let asked = 0;
        const { stream, frames, reader, ended, started } = read((length) => {
          const waits = pattern[asked++ % pattern.length] === true && length > 0;
          return waits ? new Promise((resolve) => setImmediate(resolve)) : undefined;
        });
        for (let at = 0, piece = 0; at < bytes.length; piece++) {
          const length = pieces[piece % pieces.length] ?? 1;
          stream.write(bytes.subarray(at, at + length));
          at += length;
        }
        stream.end();
        await ended;
        expect(frames).toEqual(sent);
        expect([reader.received, started(), asked]).toEqual([bytes.length, sent.length, sent.length]);
      }),
      { numRuns: 200, seed: 20 },
    );
  });

  it('are not read before they are admitted', async () => {
    let admit = (): void => {};
    const { stream, reader, frames } = read(() => new Promise((resolve) => (admit = resolve)));
    stream.write(framed(Buffer.alloc(50_000)));
    await expect.poll(() => reader.isWaiting).toBe(true);
    // grpc-js resumes the stream whenever its reader wants more.
    stream.resume();
    await new Promise((resolve) => setImmediate(resolve));
    expect([reader.received, frames.length, stream.isPaused()]).toEqual([5, 0, true]);
    admit();
    await expect.poll(() => frames.length).toBe(1);
  });

  it('are never read when they are refused', async () => {
    const { stream, reader, frames, refusals } = read(() => Promise.reject(new Error('no room')));
    stream.write(framed(Buffer.alloc(1000)));
    await expect.poll(() => refusals).toEqual([new Error('no room')]);
    expect([reader.received, frames]).toEqual([5, []]);
  });

  it('may not announce more than the limit', () => {
    const { reader } = read(() => undefined);
    expect(() => reader.write(framed(Buffer.alloc(limit + 1)).subarray(0, 5))).toThrow(
      'Received message larger than max (100001 vs 100000)',
    );
  });
});
