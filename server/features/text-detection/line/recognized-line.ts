/** A word inside a recognized line. Positions are fractions of the width and height of the line's box. */
export interface RecognizedWord {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** What a recognizer read in one line. */
export interface RecognizedLine {
  /** From left to right. Empty where nothing was read. */
  readonly words: readonly RecognizedWord[];
  /** Mean over the characters, 0..1. */
  readonly confidence: number;
}

export const emptyLine: RecognizedLine = { words: [], confidence: 0 };

export function textOf(line: RecognizedLine): string {
  return line.words.map(({ text }) => text).join(' ');
}
