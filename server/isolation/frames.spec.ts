import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameReader, writeFrame, type Frame } from './frames.js';

/** The bytes of frames. */
async function bytesOf(frames: ReadonlyArray<{ head: Uint8Array; body?: Uint8Array }>): Promise<Buffer> {
  const stream = new PassThrough();
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  for (const { head, body } of frames) writeFrame(stream, head, ...(body === undefined ? [] : [body]));
  stream.end();
  await new Promise((resolve) => stream.once('end', resolve));
  return Buffer.concat(chunks);
}

/** What is read from chunks of bytes. */
function read(chunks: readonly Uint8Array[]): Frame[] {
  const frames: Frame[] = [];
  const reader = new FrameReader((frame) => frames.push(frame));
  for (const chunk of chunks) {
    // As a stream that reads into the same buffer again and again.
    const reused = Buffer.from(chunk);
    reader.push(reused);
    reused.fill(0);
  }
  return frames;
}

describe('frames', () => {
  const part = fc.uint8Array({ maxLength: 300 });

  it('arrive as they were sent, however the stream cuts them', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ head: part, body: part }), { maxLength: 6 }),
        fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 20 }),
        async (sent, cuts) => {
          const bytes = await bytesOf(sent);
          const chunks: Buffer[] = [];
          for (let at = 0, turn = 0; at < bytes.length; turn++) {
            const end = at + cuts[turn % cuts.length]!;
            chunks.push(bytes.subarray(at, end));
            at = end;
          }
          const frames = read(chunks);
          expect(frames.map(({ head, body }) => [[...head], [...body]])).toEqual(
            sent.map(({ head, body }) => [[...head], [...body]]),
          );
        },
      ),
    );
  });

  it('need no body', async () => {
    const bytes = await bytesOf([{ head: Buffer.from('a') }, { head: Buffer.from('b') }]);
    const frames = read([bytes]);
    expect(frames.map(({ head, body }) => [String(head), body.length])).toEqual([
      ['a', 0],
      ['b', 0],
    ]);
  });

  it.each([
    [2 ** 20 + 1, 0],
    [0, 512 * 2 ** 20 + 1],
  ])('of %i and %i bytes are refused before anything is allocated', (headBytes, bodyBytes) => {
    const prefix = Buffer.alloc(8);
    prefix.writeUInt32LE(headBytes, 0);
    prefix.writeUInt32LE(bodyBytes, 4);
    expect(() => read([prefix, Buffer.alloc(100)])).toThrow(
      `A frame of ${headBytes} and ${bodyBytes} bytes exceeds the limits`,
    );
  });
});
