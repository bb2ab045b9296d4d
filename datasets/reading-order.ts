/**
 * How well two texts agree in the order of their words: Kendall's tau over the words that each of them has once, from
 * 1 for the same order to -1 for the reverse. Undefined where fewer than two words can be compared.
 */
export function orderAgreement(expected: string, read: string): number | undefined {
  const positions = uniqueWords(read);
  const order = [...uniqueWords(expected).keys()].map((word) => positions.get(word)).filter((at) => at !== undefined);
  if (order.length < 2) return undefined;
  let balance = 0;
  for (const [index, at] of order.entries()) {
    for (const later of order.slice(index + 1)) balance += Math.sign(later - at);
  }
  return balance / ((order.length * (order.length - 1)) / 2);
}

/** Words that occur once, in lower case, with their positions. */
function uniqueWords(text: string): Map<string, number> {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return new Map([...words.entries()].filter(([, word]) => counts.get(word) === 1).map(([at, word]) => [word, at]));
}
