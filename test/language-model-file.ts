import { Buffer } from 'node:buffer';

/** The file of a language model in the format of training/line-recognizer/letter_model.py, with probabilities per n-gram. */
export function languageModelFile(
  grams: Readonly<Record<string, { probability: number; weight: number }>>,
): Uint8Array {
  const sorted = Object.entries(grams)
    .map(([gram, { probability, weight }]) => ({ hash: fnv1a(gram), probability, weight }))
    .toSorted((a, b) => a.hash - b.hash);
  const file = Buffer.alloc(4 + 6 * sorted.length);
  file.writeUInt32LE(sorted.length);
  for (const [at, { hash, probability, weight }] of sorted.entries()) {
    file.writeUInt32LE(hash, 4 + 4 * at);
    file[4 + 4 * sorted.length + at] = Math.round(-16 * Math.log(probability));
    file[4 + 5 * sorted.length + at] = Math.round(-16 * Math.log(weight));
  }
  return file;
}

/** http://www.isthe.com/chongo/tech/comp/fnv/, over units of UTF-16. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5n;
  for (let at = 0; at < text.length; at++) {
    hash = BigInt.asUintN(32, (hash ^ BigInt(text.charCodeAt(at))) * 0x01000193n);
  }
  return Number(hash);
}
