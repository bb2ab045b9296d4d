import { Code } from '../../gen/google/rpc/code.js';
import { analyzeInPacks, type Analyzed, type ManyInput, type ManyOptions } from './analyze-many.js';
import { VisionCallError, VisionError } from './errors.js';
import { readImage, type ImageInput } from './image-input.js';
import { timeoutOf, type CallOptions, type ClientOptions } from './options.js';
import { withRetries } from './retry.js';
import type { ImageAnswer, Transport } from './transport.js';
import { analysisOf, featuresOf, type Analysis, type OnlyWanted, type TextOptions, type Wanted } from './wanted.js';

/**
 * A client for visiond, or any server with the same API. Reuse it. While the server is overloaded and says when to come
 * back, calls are repeated until their deadline.
 */
export interface ImageClient {
  /**
   * Looks for what you ask for in an image, or for the text of a PDF file.
   * @throws VisionCallError if the call fails
   * @throws VisionFileError if the file cannot be analyzed
   * @throws VisionFeatureError if a feature fails; it has the results of the others
   */
  analyze<const W extends Wanted>(
    image: ImageInput,
    wanted: OnlyWanted<W>,
    options?: CallOptions,
  ): Promise<Analysis<W>>;
  /** Reads the text of an image or a PDF file. Throws as `analyze` does. */
  text(image: ImageInput, options?: TextOptions & CallOptions): Promise<string>;
  /**
   * Analyzes any number of images, in requests of up to eight, and yields what became of each in the order of the images.
   * An error of an image or a request is the outcome of its images. What else fails, as the iteration over the images does,
   * is thrown. Images are taken as results are read, so that no more than the requests in flight are held in memory.
   */
  analyzeMany<Item extends ManyInput, const W extends Wanted>(
    images: Iterable<Item> | AsyncIterable<Item>,
    wanted: OnlyWanted<W>,
    options?: ManyOptions,
  ): AsyncGenerator<Analyzed<Item, W>, void, undefined>;
  /** Closes the connection. */
  close(): void;
}

/** Bytes of an image file that the API takes. */
const defaultMaxContentBytes = 10_485_760;

/** A client that reaches the server by a transport. */
export function imageClient(transport: Transport, options: ClientOptions): ImageClient {
  const { folderId = '', maxContentBytes = defaultMaxContentBytes } = options;

  const call = async (
    contents: readonly Uint8Array[],
    wanted: Wanted,
    { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal | undefined },
  ): Promise<ImageAnswer[]> => {
    const features = featuresOf(wanted);
    const images = contents.map((content) => ({ content, features }));
    const answers = await withRetries({ timeoutMs, signal }, (attempt) =>
      transport.batchAnalyze(images, folderId, attempt),
    );
    if (answers.length === images.length) return answers;
    const message = `The server sent ${answers.length} results for ${images.length} images`;
    throw new VisionCallError({ code: Code.INTERNAL, message });
  };

  const analyze: ImageClient['analyze'] = async <const W extends Wanted>(
    image: ImageInput,
    wanted: OnlyWanted<W>,
    callOptions?: CallOptions,
  ): Promise<Analysis<W>> => {
    const limits = { timeoutMs: timeoutOf(callOptions, options), signal: callOptions?.signal };
    // What cannot be asked for is said before the image is read.
    featuresOf(wanted);
    const content = await readImage(image, maxContentBytes, limits.signal);
    const [answer = { error: undefined, features: [] }] = await call([content], wanted, limits);
    return analysisOf<W>(wanted, answer);
  };

  return {
    analyze,
    async text(image, { languages, model, ...callOptions } = {}) {
      const wanted = { ...(languages === undefined ? {} : { languages }), ...(model === undefined ? {} : { model }) };
      return (await analyze(image, { text: wanted }, callOptions)).text.text;
    },
    analyzeMany<Item extends ManyInput, const W extends Wanted>(
      images: Iterable<Item> | AsyncIterable<Item>,
      wanted: OnlyWanted<W>,
      manyOptions: ManyOptions = {},
    ) {
      const timeoutMs = timeoutOf(manyOptions, options);
      featuresOf(wanted);
      const pack = async (contents: readonly Uint8Array[], signal: AbortSignal) =>
        (await call(contents, wanted, { timeoutMs, signal })).map((answer) => outcomeOf<W>(wanted, answer));
      return analyzeInPacks<Item, W>(images, pack, maxContentBytes, manyOptions);
    },
    close: () => transport.close(),
  };
}

/** The analysis of an image of many, or why there is none. */
function outcomeOf<const W extends Wanted>(wanted: W, answer: ImageAnswer): Analysis<W> | VisionError {
  try {
    return analysisOf<W>(wanted, answer);
  } catch (error) {
    if (error instanceof VisionError) return error;
    throw error;
  }
}
