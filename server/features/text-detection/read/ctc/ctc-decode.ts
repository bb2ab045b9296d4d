import { emptyLine, type RecognizedLine, type RecognizedWord } from '../../line/recognized-line.js';

/** The classes of a CTC head: 0 is the blank, then the characters of the list follow, the space last. */
export interface CtcAlphabet {
  /** Text of every class. The blank is empty. */
  readonly characters: readonly string[];
  /** Class of the space. */
  readonly space: number;
}

/** A character that was decoded. */
export interface CtcCharacter {
  readonly text: string;
  readonly probability: number;
  /** First and last timestep that belong to it. */
  readonly first: number;
  readonly last: number;
}

/**
 * Decodes a line into the characters of its words, by the most likely class of each timestep. A word ends at a space, or
 * at a blank under which the posterior of the space exceeds `spacePosterior`.
 * @param posteriors one row of classes per timestep
 */
export function decodeGreedily(
  posteriors: Float32Array,
  alphabet: CtcAlphabet,
  spacePosterior: number,
): CtcCharacter[][] {
  const classes = alphabet.characters.length;
  const steps = Math.floor(posteriors.length / classes);
  const words: CtcCharacter[][] = [[]];
  let previous = 0;
  for (let step = 0; step < steps; step++) {
    const row = step * classes;
    let best = 0;
    let probability = posteriors[row]!;
    for (let candidate = 1; candidate < classes; candidate++) {
      const value = posteriors[row + candidate]!;
      if (value > probability) [best, probability] = [candidate, value];
    }
    const word = words.at(-1)!;
    const last = word.at(-1);
    if (best === previous && best !== 0 && best !== alphabet.space && last !== undefined) {
      word[word.length - 1] = { ...last, probability: Math.max(last.probability, probability), last: step };
    } else if (best === alphabet.space || (best === 0 && posteriors[row + alphabet.space]! > spacePosterior)) {
      if (word.length > 0) words.push([]);
    } else if (best !== 0) {
      word.push({ text: alphabet.characters[best]!, probability, first: step, last: step });
    }
    previous = best;
  }
  return words.filter((word) => word.length > 0);
}

/** The line of some words. @param steps the width of the line, without padding */
export function lineOf(words: ReadonlyArray<readonly CtcCharacter[]>, steps: number): RecognizedLine {
  const characters = words.flat();
  if (characters.length === 0) return emptyLine;
  return {
    words: placeWords(words, steps),
    confidence: characters.reduce((sum, { probability }) => sum + probability, 0) / characters.length,
  };
}

/**
 * Networks mark a character at its middle, in one or two timesteps. A word extends beyond its first and its last mark by
 * half the mean distance of its characters, but not past the middle of the gap to the next word.
 */
function placeWords(words: readonly (readonly CtcCharacter[])[], steps: number): RecognizedWord[] {
  return words.map((word, index) => {
    const first = word[0]!;
    const last = word.at(-1)!;
    const reach = word.length > 1 ? (last.last - first.first) / (2 * (word.length - 1)) : 0.5;
    const before = words[index - 1]?.at(-1)?.last ?? -Infinity;
    const after = words[index + 1]?.[0]?.first ?? Infinity;
    const left = Math.max(0, first.first + 0.5 - Math.max(0.5, reach), (before + 1 + first.first) / 2);
    const right = Math.min(steps, last.last + 0.5 + Math.max(0.5, reach), (last.last + 1 + after) / 2);
    return {
      text: word.map(({ text }) => text).join(''),
      left: Math.min(1, left / steps),
      right: Math.min(1, right / steps),
      top: 0,
      bottom: 1,
    };
  });
}
