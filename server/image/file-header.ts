import type { Orientation } from './exif-orientation.js';

/** What the headers of an image file say. */
export interface FileHeader {
  /** Pixels, as they are stored. */
  readonly width: number;
  /** Pixels, as they are stored. */
  readonly height: number;
  /** How to turn them. */
  readonly orientation: Orientation;
  /** The file without what is not needed to draw it: views of its bytes, in order. */
  readonly pieces: readonly Buffer[];
}

/** A file with invalid headers. The message completes "Can't decode Image: ...". */
export class HeaderError extends Error {
  override readonly name = 'HeaderError';
}

/** Files alternate a few times between what is needed and what is not. */
const maxPieces = 1000;

/** Parts of a file that are kept. */
export class Pieces {
  readonly #file: Buffer;
  readonly #spans: Array<{ from: number; to: number }> = [];

  constructor(file: Buffer) {
    this.#file = file;
  }

  /** Keeps the bytes between two offsets, behind those that were kept before. @throws HeaderError */
  keep(from: number, to: number): void {
    if (from === to) return;
    const last = this.#spans.at(-1);
    if (last?.to === from) last.to = to;
    else if (this.#spans.push({ from, to }) > maxPieces) throw new HeaderError('its headers are too fragmented');
  }

  get list(): readonly Buffer[] {
    return this.#spans.map(({ from, to }) => this.#file.subarray(from, to));
  }
}
