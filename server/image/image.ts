/** A decoded image. Its pixels lie in shared memory, so that every inference thread reads the same copy. */
export interface Image {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** Bytes of red, green, blue, row by row from the top left: `3 * width * height` of them. */
  readonly rgb: Uint8Array<SharedArrayBuffer>;
}
