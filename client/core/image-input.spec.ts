import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { VisionFileError } from './errors.js';
import { readImage, type ImageInput } from './image-input.js';

const limit = 10;
const read = (image: ImageInput): Promise<Uint8Array> => readImage(image, limit, undefined);
/** What JavaScript may pass, whatever the types say. */
const readAny = (image: unknown): Promise<Uint8Array> => Reflect.apply(readImage, undefined, [image, limit, undefined]);

describe('readImage', () => {
  it('takes the bytes of a view and no others', async () => {
    const bytes = new Uint8Array([1, 2, 3, 4]);
    expect([...(await read(bytes.subarray(1, 3)))]).toEqual([2, 3]);
    expect([...(await read(bytes.buffer))]).toEqual([1, 2, 3, 4]);
  });

  it('joins the chunks of a stream', async () => {
    expect([...(await read(Readable.from([Buffer.from([1, 2]), Buffer.from([3])])))]).toEqual([1, 2, 3]);
  });

  it.each([
    ['a path', './photo.png', /is a string. Pass the bytes of the file, as of readFile\(path\)/],
    ['nothing', undefined, /must be bytes, a Blob or a stream, not undefined/],
    ['null', null, /not null/],
    ['a number', 7, /not a number/],
    ['a promise', Promise.resolve(Buffer.of(1)), /not an object of type Promise/],
    ['a list of numbers', [1, 2], /not an object of type Array/],
    ['a stream of text', Readable.from(['text']), /must be one of bytes: it has a string/],
  ])('refuses %s with a sentence', async (_, image, message) => {
    const error: unknown = await readAny(image).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).toMatch(message);
  });

  it('refuses a stream that someone else reads', async () => {
    const stream = new Blob([new Uint8Array(3)]).stream();
    stream.getReader();
    await expect(read(stream)).rejects.toThrow('is being read by someone else');
  });

  it.each<[string, ImageInput, string]>([
    ['is empty', new Uint8Array(0), 'CONTENT_EMPTY'],
    ['is an empty Blob', new Blob([]), 'CONTENT_EMPTY'],
    ['is too large', new Uint8Array(limit + 1), 'CONTENT_TOO_LARGE'],
    ['is too large a Blob', new Blob([new Uint8Array(limit + 1)]), 'CONTENT_TOO_LARGE'],
  ])('refuses a file that %s as the server would', async (_, image, reason) => {
    await expect(read(image)).rejects.toMatchObject({ reason, codeName: 'INVALID_ARGUMENT' });
    await expect(read(image)).rejects.toBeInstanceOf(VisionFileError);
  });

  it('reads no more of a stream than may be sent, and closes it', async () => {
    let chunks = 0;
    let isClosed = false;
    const endless = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          chunks += 1;
          controller.enqueue(new Uint8Array(4));
        },
        cancel() {
          isClosed = true;
        },
      },
      { highWaterMark: 0 },
    );
    await expect(read(endless)).rejects.toMatchObject({ reason: 'CONTENT_TOO_LARGE' });
    expect([chunks, isClosed]).toEqual([3, true]);
  });

  it('stops waiting for a stream when the signal aborts', async () => {
    const controller = new AbortController();
    const silent = new ReadableStream<Uint8Array>({ pull: () => new Promise<void>(() => {}) });
    const reading = readImage(silent, limit, controller.signal);
    controller.abort();
    await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
  });
});
