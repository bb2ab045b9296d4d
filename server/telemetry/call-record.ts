/** The stage in which an image waits for admission. */
export const queueStage = 'queue';

/** The stage in which its pixels are decoded. Any other stage is a feature. */
export const decodeStage = 'decode';

/** A part of the work on a call, such as the decoding of an image. */
export interface Stage {
  /** `queue`, `decode`, or the name of a feature. */
  readonly name: string;
  /** Position of the image in its request. */
  readonly image: number;
  /** Milliseconds since 1970, with fractions. */
  readonly startMs: number;
  readonly endMs: number;
}

/** The name of a stage in metrics and headers: in lower case, words separated by dashes. */
export function stageName({ name }: Stage): string {
  return name.toLowerCase().replaceAll('_', '-');
}

/** Who wants to know at once what a call comes to: a stream of images may go on for hours. */
export interface RecordListener {
  onImages(images: number): void;
  onPixels(pixels: number): void;
  onStage(stage: Stage): void;
}

/** Stages that a record keeps. A request has at most 8 images with 8 features each, a stream any number of images. */
const maxStages = 100;

/** What the layers of the server note about a call, for its log line, metrics and spans. */
export class CallRecord {
  readonly #listener: RecordListener | undefined;
  readonly #stages: Stage[] = [];
  #images = 0;
  #features = 0;
  #queueMs = 0;
  /** Bytes of the request after decompression. */
  requestBytes = 0;

  constructor(listener?: RecordListener) {
    this.#listener = listener;
  }

  get images(): number {
    return this.#images;
  }

  get features(): number {
    return this.#features;
  }

  /** How long its images waited for admission: the longest of them, in milliseconds. */
  get queueMs(): number {
    return this.#queueMs;
  }

  /** Its stages in the order of their ends, of a stream the first ones. */
  get stages(): readonly Stage[] {
    return this.#stages;
  }

  /** Images with so many features in all came. */
  addImages(images: number, features: number): void {
    this.#images += images;
    this.#features += features;
    this.#listener?.onImages(images);
  }

  /** An image was decoded. */
  addPixels(pixels: number): void {
    this.#listener?.onPixels(pixels);
  }

  addStage(stage: Stage): void {
    if (stage.name === queueStage) this.#queueMs = Math.max(this.#queueMs, stage.endMs - stage.startMs);
    if (this.#stages.length < maxStages) this.#stages.push(stage);
    this.#listener?.onStage(stage);
  }
}
