/** A decoded image. Its pixels are in shared memory, so that all inference threads read the same copy. */
export interface Image {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** `3 * width * height` bytes of red, green and blue, row by row from the top left. */
  readonly rgb: Uint8Array<SharedArrayBuffer>;
}
