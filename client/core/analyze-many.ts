import { VisionError } from './errors.js';
import { readImage, type ImageInput } from './image-input.js';
import type { CallOptions } from './options.js';
import type { Analysis, Wanted } from './wanted.js';

/** An image of many: the input itself, or an object of yours that holds it as `image`. */
export type ManyInput = ImageInput | { readonly image: ImageInput };

/** How far `analyzeMany` has come. */
export interface Progress {
  /** Images whose result is there. */
  readonly done: number;
  /** Those of them that failed. */
  readonly failed: number;
}

/** Options of `analyzeMany`. `timeoutMs` is the time of each request. */
export interface ManyOptions extends CallOptions {
  /** Requests in flight, each of up to eight images. Default 2. */
  readonly concurrency?: number;
  /** Called when a request is done. */
  readonly onProgress?: (progress: Progress) => void;
}

/** What became of an image: a result or an error. */
export type Analyzed<Item, W extends Wanted> = { readonly item: Item; readonly index: number } & (
  | { readonly result: Analysis<W>; readonly error?: undefined }
  | { readonly result?: undefined; readonly error: VisionError }
);

/** Analyzes up to eight images in one request. Rejects if the call fails, or the signal aborts. */
export type AnalyzePack<W extends Wanted> = (
  contents: readonly Uint8Array[],
  signal: AbortSignal,
) => Promise<(Analysis<W> | VisionError)[]>;

const packImages = 8;
/** Of JSON and base64, a browser holds several copies. */
const packBytes = 32 * 1024 * 1024;

type Read<Item> = { readonly item: Item; readonly index: number; readonly input: Uint8Array | VisionError };

/** See `ImageClient.analyzeMany`. */
export async function* analyzeInPacks<Item extends ManyInput, W extends Wanted>(
  images: Iterable<Item> | AsyncIterable<Item>,
  analyze: AnalyzePack<W>,
  maxBytes: number,
  { concurrency = 2, onProgress, signal }: ManyOptions,
): AsyncGenerator<Analyzed<Item, W>, void, undefined> {
  if (!Number.isInteger(concurrency) || concurrency < 1) {
    throw new TypeError(`concurrency must be a whole number from 1, not ${concurrency}`);
  }
  const stop = new AbortController();
  const abort = (): void => stop.abort(signal?.reason);
  signal?.throwIfAborted();
  signal?.addEventListener('abort', abort, { once: true });
  const progress = { done: 0, failed: 0 };

  const send = async (pack: readonly Read<Item>[]): Promise<Analyzed<Item, W>[]> => {
    const analyzed = await analyzeRead(pack, analyze, stop.signal);
    progress.done += analyzed.length;
    progress.failed += analyzed.filter(({ error }) => error !== undefined).length;
    onProgress?.({ ...progress });
    return analyzed;
  };
  const inFlight: Promise<Analyzed<Item, W>[]>[] = [];
  try {
    for await (const pack of packsOf(images, maxBytes, stop.signal)) {
      const sent = send(pack);
      // It is awaited in its turn; until then, its failure is not one that nobody handles.
      sent.catch(() => {});
      inFlight.push(sent);
      if (inFlight.length >= concurrency) yield* (await inFlight.shift()) ?? [];
    }
    while (inFlight.length > 0) yield* (await inFlight.shift()) ?? [];
  } finally {
    signal?.removeEventListener('abort', abort);
    // Whoever stops reading wants no more of it.
    stop.abort();
  }
}

/** The images in requests, as full as they may be. */
async function* packsOf<Item extends ManyInput>(
  images: Iterable<Item> | AsyncIterable<Item>,
  maxBytes: number,
  signal: AbortSignal,
): AsyncGenerator<Read<Item>[]> {
  let pack: Read<Item>[] = [];
  let bytes = 0;
  let index = 0;
  for await (const item of images) {
    const input = await readImage(inputOf(item), maxBytes, signal).catch(errorOf);
    const length = input instanceof VisionError ? 0 : input.length;
    if (pack.length === packImages || (pack.length > 0 && bytes + length > packBytes)) {
      yield pack;
      pack = [];
      bytes = 0;
    }
    pack.push({ item, index, input });
    bytes += length;
    index += 1;
  }
  if (pack.length > 0) yield pack;
}

async function analyzeRead<Item, W extends Wanted>(
  pack: readonly Read<Item>[],
  analyze: AnalyzePack<W>,
  signal: AbortSignal,
): Promise<Analyzed<Item, W>[]> {
  const contents = pack.flatMap(({ input }) => (input instanceof VisionError ? [] : [input]));
  const answers = contents.length === 0 ? [] : await analyze(contents, signal).catch(errorOf);
  let next = 0;
  return pack.map(({ item, index, input }): Analyzed<Item, W> => {
    if (input instanceof VisionError) return { item, index, error: input };
    const answer = answers instanceof VisionError ? answers : answers[next++];
    if (answer === undefined) throw new Error('An image of a request has no answer');
    return answer instanceof VisionError ? { item, index, error: answer } : { item, index, result: answer };
  });
}

function inputOf(item: ManyInput): ImageInput {
  return typeof item === 'object' && item !== null && 'image' in item ? item.image : item;
}

/** Errors of an image or a request are results; all others end the work. */
function errorOf(error: unknown): VisionError {
  if (error instanceof VisionError) return error;
  throw error;
}
