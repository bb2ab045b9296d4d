/** A word of a recognized line. Positions are shares of the width and height of the line's box, 0..1. */
export interface RecognizedWord {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** The text of a line as a recognizer read it. */
export interface RecognizedLine {
  /** From left to right. */
  readonly words: readonly RecognizedWord[];
  /** Mean over the characters, 0..1. */
  readonly confidence: number;
}

export const emptyLine: RecognizedLine = { words: [], confidence: 0 };

export function textOf(line: RecognizedLine): string {
  return line.words.map(({ text }) => text).join(' ');
}
