/** Histories are at most this long; longer ones are cut. */
const longestHistory = 4;
/** The end of a word, and what comes before its first letter. */
export const wordEnd = ' ';
/** Probabilities and weights are in parts of the natural logarithm. */
const unit = 1 / 16;
/** Gains that are kept at hand; a page has a few thousand different ones. */
const mostKept = 100_000;

/**
 * Which letter follows which within words: an n-gram of small letters and ends of words, smoothed by Witten and Bell, in the
 * file that training/line-recognizer/letter_model.py writes and describes.
 */
export class LetterModel {
  readonly #hashes: Uint32Array;
  readonly #probabilities: Uint8Array;
  readonly #weights: Uint8Array;
  readonly #gains = new Map<string, number>();

  /** @throws RangeError if the file is not as long as it says. */
  constructor(file: Uint8Array) {
    const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
    const count = file.byteLength < 4 ? 0 : view.getUint32(0, true);
    if (file.byteLength !== 4 + 6 * count) {
      throw new RangeError(
        `A letter model of ${count} grams has ${4 + 6 * count} bytes, and this file has ${file.byteLength}.`,
      );
    }
    this.#hashes = Uint32Array.from({ length: count }, (_, at) => view.getUint32(4 + 4 * at, true));
    this.#probabilities = file.subarray(4 + 4 * count, 4 + 5 * count);
    this.#weights = file.subarray(4 + 5 * count);
  }

  /**
   * How much likelier a letter is after others than anywhere: the natural logarithm of P(letter | history) / P(letter), 0 for a
   * letter that the model does not know.
   * @param history small letters of the word so far, behind `wordEnd`
   * @param letter a small letter, or `wordEnd`
   */
  gain(history: string, letter: string): number {
    const gram = history.slice(-longestHistory) + letter;
    const kept = this.#gains.get(gram);
    if (kept !== undefined) return kept;
    const alone = this.#find(letter);
    const gain =
      alone === undefined ? 0 : this.#logProbability(gram, letter.length) + unit * this.#probabilities[alone]!;
    if (this.#gains.size === mostKept) this.#gains.clear();
    this.#gains.set(gram, gain);
    return gain;
  }

  #logProbability(gram: string, letter: number): number {
    const found = this.#find(gram);
    if (found !== undefined) return -unit * this.#probabilities[found]!;
    const history = this.#find(gram.slice(0, -letter));
    return (history === undefined ? 0 : -unit * this.#weights[history]!) + this.#logProbability(gram.slice(1), letter);
  }

  #find(gram: string): number | undefined {
    const hash = fnv1a(gram);
    let [low, high] = [0, this.#hashes.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#hashes[middle]! < hash) low = middle + 1;
      else high = middle;
    }
    return this.#hashes[low] === hash ? low : undefined;
  }
}

function fnv1a(text: string): number {
  let hash = 2_166_136_261;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 16_777_619);
  return hash >>> 0;
}
