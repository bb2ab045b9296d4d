import { wordEnd, type CharacterLanguageModel } from '../../language/language-model.js';
import { homoglyphOf } from '../homoglyphs.js';
import type { CtcAlphabet, CtcCharacter } from './ctc-decode.js';

// Chosen by hand.

/** Hypotheses that are kept after each timestep. */
const beamWidth = 8;
/** Classes below this posterior are not followed. */
const minPosterior = 1e-3;
/** Every timestep may be a blank, with at least this probability. */
const minBlankProbability = 1e-4;

const blank = 0;

/** A text that the timesteps so far may say. Probabilities are natural logarithms. */
interface Hypothesis {
  readonly text: string;
  readonly last: DecodedCharacter | undefined;
  /** Lower-case letters of the word so far, after `wordEnd`. */
  readonly history: string;
  /** Sum over all paths that end in a blank. */
  readonly blankPaths: number;
  /** Sum over all paths that end in the last character. */
  readonly characterPaths: number;
  /** Sum of the gains of the language model. */
  readonly languageScore: number;
}

/** A character of a hypothesis. Hypotheses share the characters before it. */
interface DecodedCharacter {
  readonly previous: DecodedCharacter | undefined;
  readonly class: number;
  readonly firstStep: number;
  readonly lastStep: number;
  readonly probability: number;
}

/** A class that a timestep may be. */
interface Candidate {
  readonly class: number;
  readonly probability: number;
}

const emptyText: Hypothesis = {
  text: '',
  last: undefined,
  history: wordEnd,
  blankPaths: 0,
  characterPaths: -Infinity,
  languageScore: 0,
};

/**
 * Decodes lines like `decodeGreedily`, but by prefix beam search (Hannun et al. 2014), in which a language model counts beside
 * the network's posteriors.
 */
export class BeamDecoder {
  readonly #alphabet: CtcAlphabet;
  readonly #spacePosterior: number;
  readonly #model: CharacterLanguageModel;
  readonly #weight: number;
  /** For each class its letter in lower case, undefined for what is no letter. */
  readonly #letters: ReadonlyArray<string | undefined>;
  /** For each class that of its homoglyph in the other script. */
  readonly #homoglyphs: ReadonlyArray<number | undefined>;

  /** @param weight of the language model's logarithms; those of the network have 1 */
  constructor(alphabet: CtcAlphabet, spacePosterior: number, model: CharacterLanguageModel, weight: number) {
    this.#alphabet = alphabet;
    this.#spacePosterior = spacePosterior;
    this.#model = model;
    this.#weight = weight;
    const { characters } = alphabet;
    const classes = new Map(characters.map((character, index) => [character, index]));
    this.#letters = characters.map((text) => (/\p{L}/u.test(text) ? text.toLowerCase() : undefined));
    this.#homoglyphs = characters.map((text) => {
      const homoglyph = homoglyphOf(text);
      return homoglyph === undefined ? undefined : classes.get(homoglyph);
    });
  }

  /** @param posteriors one row of classes per timestep. @returns the characters of each word */
  decode(posteriors: Float32Array): CtcCharacter[][] {
    const classes = this.#alphabet.characters.length;
    let beam: readonly Hypothesis[] = [emptyText];
    for (let step = 0; (step + 1) * classes <= posteriors.length; step++) {
      const row = posteriors.subarray(step * classes, (step + 1) * classes);
      beam = this.#advance(beam, row, step)
        .toSorted((a, b) => scoreOf(b) - scoreOf(a))
        .slice(0, beamWidth);
    }
    const finalScore = (hypothesis: Hypothesis): number =>
      scoreOf(hypothesis) + this.#languageGain(hypothesis.history, undefined);
    const best = beam.reduce((leader, next) => (finalScore(next) > finalScore(leader) ? next : leader));
    return this.#wordsOf(best);
  }

  /** All texts that the hypotheses become with one more timestep. */
  #advance(beam: readonly Hypothesis[], row: Float32Array, step: number): Hypothesis[] {
    const candidates = candidatesOf(row, this.#alphabet.space, this.#spacePosterior);
    const next = new Map<string, Hypothesis>();
    for (const hypothesis of beam) {
      const allPaths = sumOfLogs(hypothesis.blankPaths, hypothesis.characterPaths);
      for (const candidate of candidates) {
        const logProbability = Math.log(candidate.probability);
        if (candidate.class === blank) {
          merge(next, { ...hypothesis, blankPaths: allPaths + logProbability, characterPaths: -Infinity });
          continue;
        }
        const { last } = hypothesis;
        const character = this.#characterOf(candidate, row, step, last);
        const repeats = candidate.class === last?.class;
        if (repeats) {
          merge(next, {
            ...hypothesis,
            last: { ...last, lastStep: step, probability: Math.max(last.probability, character.probability) },
            blankPaths: -Infinity,
            characterPaths: hypothesis.characterPaths + logProbability,
          });
        }
        // Two timesteps of a class are two characters only with a blank between them.
        const paths = repeats ? hypothesis.blankPaths : allPaths;
        if (paths > -Infinity) merge(next, this.#append(hypothesis, character, paths + logProbability));
      }
    }
    return [...next.values()];
  }

  /**
   * The candidate as a character after the last one. Its probability includes that of its homoglyph in the other script:
   * which of the two it is, the text around it decides later.
   */
  #characterOf(
    { class: index, probability }: Candidate,
    row: Float32Array,
    step: number,
    previous: DecodedCharacter | undefined,
  ): DecodedCharacter {
    const homoglyph = this.#homoglyphs[index];
    const homoglyphProbability = homoglyph === undefined ? 0 : row[homoglyph]!;
    return { previous, class: index, firstStep: step, lastStep: step, probability: probability + homoglyphProbability };
  }

  #append(hypothesis: Hypothesis, character: DecodedCharacter, characterPaths: number): Hypothesis {
    const { text, history, languageScore } = hypothesis;
    const letter = this.#letters[character.class];
    return {
      text: text + this.#alphabet.characters[character.class]!,
      last: character,
      history: letter === undefined ? wordEnd : history + letter,
      blankPaths: -Infinity,
      characterPaths,
      languageScore: languageScore + this.#languageGain(history, letter),
    };
  }

  /** What the language model adds for a letter, or for the end of a word before anything else. */
  #languageGain(history: string, letter: string | undefined): number {
    const isBetweenWords = letter === undefined && history === wordEnd;
    return isBetweenWords ? 0 : this.#weight * this.#model.gain(history, letter ?? wordEnd);
  }

  #wordsOf({ last }: Hypothesis): CtcCharacter[][] {
    const words: CtcCharacter[][] = [[]];
    for (let character = last; character !== undefined; character = character.previous) {
      const { class: index, probability, firstStep: first, lastStep } = character;
      if (index === this.#alphabet.space) words.unshift([]);
      else words[0]!.unshift({ text: this.#alphabet.characters[index]!, probability, first, last: lastStep });
    }
    return words.filter((word) => word.length > 0);
  }
}

/**
 * The classes that a timestep may be, the blank first. A blank under which the space has more than `spacePosterior` is
 * a space, as for the greedy decoder: the two swap their probabilities.
 *
 *     posteriors      blank 0.6  space 0.3  a 0.1
 *     probabilities   blank 0.3  space 0.6  a 0.1
 */
function candidatesOf(row: Float32Array, space: number, spacePosterior: number): Candidate[] {
  const blankProbability = Math.max(row[blank]!, minBlankProbability);
  const isSpace = row[space]! > spacePosterior && row.every((posterior) => posterior <= row[blank]!);
  const candidates: Candidate[] = [{ class: blank, probability: isSpace ? row[space]! : blankProbability }];
  for (let index = 1; index < row.length; index++) {
    const posterior = row[index]!;
    if (posterior <= minPosterior) continue;
    candidates.push({ class: index, probability: isSpace && index === space ? blankProbability : posterior });
  }
  return candidates;
}

/** Adds a hypothesis. Of two with the same text the more likely one says where its characters are. */
function merge(hypotheses: Map<string, Hypothesis>, hypothesis: Hypothesis): void {
  const same = hypotheses.get(hypothesis.text);
  if (same === undefined) {
    hypotheses.set(hypothesis.text, hypothesis);
    return;
  }
  hypotheses.set(hypothesis.text, {
    ...(scoreOf(hypothesis) > scoreOf(same) ? hypothesis : same),
    blankPaths: sumOfLogs(same.blankPaths, hypothesis.blankPaths),
    characterPaths: sumOfLogs(same.characterPaths, hypothesis.characterPaths),
  });
}

function scoreOf({ blankPaths, characterPaths, languageScore }: Hypothesis): number {
  return sumOfLogs(blankPaths, characterPaths) + languageScore;
}

/** ln(exp(a) + exp(b)). */
function sumOfLogs(a: number, b: number): number {
  const [low, high] = a < b ? [a, b] : [b, a];
  return low === -Infinity ? high : high + Math.log1p(Math.exp(low - high));
}
