import { joined, type RecognizedWord } from '../line/recognized-line.js';

const user = /^[\p{L}\d._%+-]+$/u;
const domain = /^[\p{L}\d-]+\.[\p{L}.]+\p{P}?$/u;
const scheme = /^https?:\/\/$/u;
const host = /^[\p{L}\d-]+\./u;

/** Joins the words of addresses, in which recognizers read spaces beside signs. */
export function joinAddresses(words: readonly RecognizedWord[]): RecognizedWord[] {
  const result: RecognizedWord[] = [];
  for (const [index, word] of words.entries()) {
    const last = result.at(-1);
    if (last !== undefined && areOne(last.text, word.text, words[index + 1]?.text ?? '')) {
      result[result.length - 1] = joined(last, word);
    } else result.push(word);
  }
  return result;
}

/** Whether two words are parts of an address. A sign alone is one only before a domain. @param next the word behind them */
function areOne(before: string, after: string, next: string): boolean {
  if (scheme.test(before)) return host.test(after);
  if (before.endsWith('@')) return user.test(before.slice(0, -1)) && domain.test(after);
  return user.test(before) && after.startsWith('@') && domain.test(after === '@' ? next : after.slice(1));
}
