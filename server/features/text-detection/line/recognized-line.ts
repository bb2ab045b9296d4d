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

/** Two words of a line as one, without a space. */
export function joined(a: RecognizedWord, b: RecognizedWord): RecognizedWord {
  return {
    text: a.text + b.text,
    left: Math.min(a.left, b.left),
    right: Math.max(a.right, b.right),
    top: Math.min(a.top, b.top),
    bottom: Math.max(a.bottom, b.bottom),
  };
}

export function textOf(line: RecognizedLine): string {
  return line.words.map(({ text }) => text).join(' ');
}
