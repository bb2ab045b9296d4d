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

/** Edit distance in characters (Levenshtein). */
export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substitution, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}

function bagOf(text: string): Map<string, number> {
  const bag = new Map<string, number>();
  for (const raw of text.split(/\s+/)) {
    const word = raw.toLowerCase().replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '');
    if (word !== '') bag.set(word, (bag.get(word) ?? 0) + 1);
  }
  return bag;
}

function sizeOf(bag: ReadonlyMap<string, number>): number {
  return [...bag.values()].reduce((sum, count) => sum + count, 0);
}
