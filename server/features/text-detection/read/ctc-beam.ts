import { wordEnd, type CharacterLanguageModel } from '../language/language-model.js';
import type { CtcAlphabet, CtcCharacter } from './ctc-decode.js';
import { twinOf } from './letter-twins.js';

/** Texts that are followed at a time. */
const width = 8;
/** Classes of a timestep that are less likely are not followed. */
const leastPosterior = 1e-3;
/** Posterior of the blank where it is less likely. */
const floor = 1e-4;

/** A text so far. Logarithms of probabilities are natural ones. */
interface Beam {
  readonly text: string;
  readonly last: Mark | undefined;
  /** Small letters of the last word, behind `wordEnd`. */
  readonly history: string;
  /** Of all paths that end in a blank, and of all that end in the last character. */
  blank: number;
  ending: number;
  /** What the letters add. */
  readonly letters: number;
}

/** A character of a text, and those before it. */
interface Mark {
  readonly before: Mark | undefined;
  readonly class: number;
  readonly first: number;
  readonly last: number;
  readonly probability: number;
}

/**
 * Decodes lines as `decodeCtc` does, but by prefix beam search (Hannun et al. 2014), where what a letter model says of the letters
 * counts beside the network's posteriors.
 * @param weight times the logarithms of the model; those of the network have 1
 */
export function beamDecoder(
  alphabet: CtcAlphabet,
  spacePosterior: number,
  model: CharacterLanguageModel,
  weight: number,
): (posteriors: Float32Array) => CtcCharacter[][] {
  const classes = new Map(alphabet.characters.map((character, index) => [character, index]));
  /** Of every class, that of the letter of the other script that looks alike: which of the two it is, is settled by the text around. */
  const twins = alphabet.characters.map((character) => classes.get(twinOf(character) ?? ''));
  const small = alphabet.characters.map((character) =>
    /\p{L}/u.test(character) ? character.toLowerCase() : undefined,
  );

  /** A text with one more character. What the word so far is worth is known when it ends. */
  const extended = (
    beam: Beam,
    next: number,
    probability: number,
    alike: number,
    step: number,
    paths: number,
  ): Beam => {
    const letter = small[next];
    const ends = letter === undefined && beam.history !== wordEnd;
    return {
      text: beam.text + alphabet.characters[next]!,
      last: { before: beam.last, class: next, first: step, last: step, probability: probability + alike },
      history: letter === undefined ? wordEnd : beam.history + letter,
      blank: -Infinity,
      ending: paths + Math.log(probability),
      letters:
        beam.letters +
        (letter !== undefined
          ? weight * model.gain(beam.history, letter)
          : ends
            ? weight * model.gain(beam.history, wordEnd)
            : 0),
    };
  };

  return (posteriors) => {
    let beams: Beam[] = [{ text: '', last: undefined, history: wordEnd, blank: 0, ending: -Infinity, letters: 0 }];
    for (let step = 0; (step + 1) * alphabet.characters.length <= posteriors.length; step++) {
      const row = posteriors.subarray(step * alphabet.characters.length, (step + 1) * alphabet.characters.length);
      const followed = likely(row, alphabet.space, spacePosterior);
      const next = new Map<string, Beam>();
      for (const beam of beams) {
        const paths = sumOfLogs(beam.blank, beam.ending);
        for (const [character, probability] of followed) {
          if (character === 0) {
            add(next, { ...beam, blank: paths + Math.log(probability), ending: -Infinity });
            continue;
          }
          const twin = twins[character];
          const alike = twin === undefined || twin === 0 ? 0 : row[twin]!;
          const repeats = character === beam.last?.class;
          if (repeats) {
            const last = {
              ...beam.last,
              last: step,
              probability: Math.max(beam.last.probability, probability + alike),
            };
            add(next, { ...beam, last, blank: -Infinity, ending: beam.ending + Math.log(probability) });
          }
          const from = repeats ? beam.blank : paths;
          if (from > -Infinity) add(next, extended(beam, character, probability, alike, step, from));
        }
      }
      beams = [...next.values()].toSorted((a, b) => worth(b) - worth(a)).slice(0, width);
    }
    const atEnd = (beam: Beam): number =>
      worth(beam) + (beam.history === wordEnd ? 0 : weight * model.gain(beam.history, wordEnd));
    const best = beams.reduce((one, other) => (atEnd(other) > atEnd(one) ? other : one));
    return wordsOf(best.last, alphabet);
  };
}

/** Classes of a timestep that may be meant. A blank in which a space is likely enough is a space, as the greedy decoder has it. */
function likely(
  row: Float32Array,
  space: number,
  spacePosterior: number,
): Array<readonly [character: number, probability: number]> {
  const found: Array<readonly [number, number]> = [];
  let best = 0;
  for (let character = 0; character < row.length; character++) {
    if (row[character]! > row[best]!) best = character;
    if (row[character]! > leastPosterior && character !== 0) found.push([character, row[character]!]);
  }
  const blank = Math.max(row[0]!, floor);
  if (best !== 0 || row[space]! <= spacePosterior) return [[0, blank], ...found];
  return [
    [0, row[space]!],
    ...found.map(([character, probability]) => [character, character === space ? blank : probability] as const),
  ];
}

/** Paths of the same text come together; its characters are where the likelier paths have them. */
function add(beams: Map<string, Beam>, beam: Beam): void {
  const same = beams.get(beam.text);
  if (same === undefined) {
    beams.set(beam.text, beam);
    return;
  }
  const blank = sumOfLogs(same.blank, beam.blank);
  const ending = sumOfLogs(same.ending, beam.ending);
  beams.set(beam.text, { ...(worth(beam) > worth(same) ? beam : same), blank, ending });
}

function worth(beam: Beam): number {
  return sumOfLogs(beam.blank, beam.ending) + beam.letters;
}

/** log(exp(a) + exp(b)). */
function sumOfLogs(a: number, b: number): number {
  const [low, high] = a < b ? [a, b] : [b, a];
  return low === -Infinity ? high : high + Math.log1p(Math.exp(low - high));
}

function wordsOf(last: Mark | undefined, alphabet: CtcAlphabet): CtcCharacter[][] {
  const words: CtcCharacter[][] = [[]];
  for (let mark = last; mark !== undefined; mark = mark.before) {
    if (mark.class === alphabet.space) words.unshift([]);
    else {
      words[0]!.unshift({
        text: alphabet.characters[mark.class]!,
        probability: mark.probability,
        first: mark.first,
        last: mark.last,
      });
    }
  }
  return words.filter((word) => word.length > 0);
}
