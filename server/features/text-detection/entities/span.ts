/** A stretch of a text: first character and the one behind the last. */
export interface Span {
  readonly start: number;
  readonly end: number;
}
