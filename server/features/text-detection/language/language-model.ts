/** Letters before a letter that the model takes into account. */
const maxHistory = 4;
/** The end of a word, and what precedes its first letter. */
export const wordEnd = ' ';
/** Unit of the stored probabilities and weights, in natural logarithms. */
const unit = 1 / 16;
/** Gains in the cache. A page has a few thousand different ones. */
const maxCachedGains = 100_000;

/**
 * A character n-gram language model of words, in lower case and with Witten-Bell smoothing. Its file is written and
 * described by training/line-recognizer/letter_model.py.
 */
export class CharacterLanguageModel {
  readonly #hashes: Uint32Array;
  readonly #probabilities: Uint8Array;
  readonly #weights: Uint8Array;
  readonly #gains = new Map<string, number>();

  /** @throws RangeError if the length of the file does not match its number of n-grams */
  constructor(file: Uint8Array) {
    const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
    const count = file.byteLength < 4 ? 0 : view.getUint32(0, true);
    if (file.byteLength !== 4 + 6 * count) {
      throw new RangeError(
        `A language model of ${count} n-grams has ${4 + 6 * count} bytes, this file has ${file.byteLength}.`,
      );
    }
    this.#hashes = Uint32Array.from({ length: count }, (_, index) => view.getUint32(4 + 4 * index, true));
    this.#probabilities = file.subarray(4 + 4 * count, 4 + 5 * count);
    this.#weights = file.subarray(4 + 5 * count);
  }

  /**
   * How much more likely a letter is after its history than anywhere: ln(P(letter | history) / P(letter)), or 0 for a
   * letter that the model does not have.
   * @param history lower-case letters of the word so far, after `wordEnd`
   * @param letter in lower case, or `wordEnd`
   */
  gain(history: string, letter: string): number {
    const ngram = history.slice(-maxHistory) + letter;
    const cached = this.#gains.get(ngram);
    if (cached !== undefined) return cached;
    const unigram = this.#indexOf(letter);
    const gain =
      unigram === undefined ? 0 : this.#logProbability(ngram, letter.length) + unit * this.#probabilities[unigram]!;
    if (this.#gains.size === maxCachedGains) this.#gains.clear();
    this.#gains.set(ngram, gain);
    return gain;
  }

  /** ln P(last letter | letters before it). An n-gram that the file lacks backs off to a shorter history. */
  #logProbability(ngram: string, letterLength: number): number {
    const index = this.#indexOf(ngram);
    if (index !== undefined) return -unit * this.#probabilities[index]!;
    const history = this.#indexOf(ngram.slice(0, -letterLength));
    const backoff = history === undefined ? 0 : -unit * this.#weights[history]!;
    return backoff + this.#logProbability(ngram.slice(1), letterLength);
  }

  #indexOf(ngram: string): number | undefined {
    const hash = fnv1a(ngram);
    let [low, high] = [0, this.#hashes.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#hashes[middle]! < hash) low = middle + 1;
      else high = middle;
    }
    return this.#hashes[low] === hash ? low : undefined;
  }
}

/** The 32-bit FNV-1a hash of the UTF-16 code units of a text. */
function fnv1a(text: string): number {
  let hash = 2_166_136_261;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 16_777_619);
  return hash >>> 0;
}
