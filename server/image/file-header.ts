import type { Orientation } from './exif-orientation.js';

/** The size of an image file in pixels, before the orientation is applied. */
export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/** The headers of an image file. */
export interface FileHeader extends ImageSize {
  readonly orientation: Orientation;
  /** The parts of the file that decoding needs: views of its bytes, in order. */
  readonly pieces: readonly Buffer[];
}

/** A file with invalid headers. The message completes "Can't decode Image: ...". */
export class HeaderError extends Error {
  override readonly name = 'HeaderError';
}

/** Files alternate only a few times between parts that are needed and parts that are not. */
const maxPieces = 1000;

/** Collects the parts of a file to keep. */
export class Pieces {
  readonly #file: Buffer;
  readonly #spans: Array<{ from: number; to: number }> = [];

  constructor(file: Buffer) {
    this.#file = file;
  }

  /** Keeps the bytes between two offsets, which lie behind those that were kept before. @throws HeaderError */
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
