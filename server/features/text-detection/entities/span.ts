/** A range of UTF-16 code units in a text. */
export interface Span {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}
