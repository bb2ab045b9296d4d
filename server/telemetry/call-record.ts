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

/** What the layers of the server note about a call, for its log line, metrics and spans. */
export class CallRecord {
  /** Bytes of the request after decompression. */
  requestBytes = 0;
  images = 0;
  features = 0;
  /** Pixels of its decoded images. */
  pixels = 0;
  /** How long its images waited for admission: the longest of them, in milliseconds. */
  queueMs = 0;
  readonly stages: Stage[] = [];
}
