/** Counts of a comparison of words without regard to their order. */
export interface WordCounts {
  readonly found: number;
  readonly expected: number;
  readonly read: number;
}

/**
 * Compares two texts as bags of words, in lower case and without the punctuation around a word: the measure of
 * recall (found / expected) and precision (found / read) that the order of blocks cannot disturb.
 */
export function compareWords(expected: string, read: string): WordCounts {
  const [want, got] = [bagOf(expected), bagOf(read)];
  let found = 0;
  for (const [word, count] of want) found += Math.min(count, got.get(word) ?? 0);
  return { found, expected: sizeOf(want), read: sizeOf(got) };
}

/** A word in lower case, without the punctuation around it. */
export function wordKey(word: string): string {
  return word.toLowerCase().replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '');
}

/** How often a text holds each word, by the key of the word. */
export function bagOf(text: string): Map<string, number> {
  const bag = new Map<string, number>();
  for (const raw of text.split(/\s+/)) {
    const word = wordKey(raw);
    if (word !== '') bag.set(word, (bag.get(word) ?? 0) + 1);
  }
  return bag;
}

function sizeOf(bag: ReadonlyMap<string, number>): number {
  return [...bag.values()].reduce((sum, count) => sum + count, 0);
}
