import { joined, type RecognizedWord } from '../line/recognized-line.js';

/** Where two words of a line are one: the parts of a mail address, and those of a URL behind its scheme. */
const joints: ReadonlyArray<readonly [before: RegExp, after: RegExp]> = [
  [/^[\p{L}\d._%+-]+$/u, /^@(?:[\p{L}\d-]+\.[\p{L}.]+)?$/u],
  [/^[\p{L}\d._%+-]+@$/u, /^[\p{L}\d-]+\.[\p{L}.]+\p{P}?$/u],
  [/^https?:\/\/$/u, /^[\p{L}\d-]+\./u],
];

/** Joins the words of addresses, in which recognizers read spaces beside signs. */
export function joinAddresses(words: readonly RecognizedWord[]): RecognizedWord[] {
  const result: RecognizedWord[] = [];
  for (const [index, word] of words.entries()) {
    const last = result.at(-1);
    // A sign between two words belongs to an address only if what follows is a domain.
    const hasDomain = word.text !== '@' || joints[1]![1].test(words[index + 1]?.text ?? '');
    const isJoint = joints.some(([before, after]) => before.test(last?.text ?? '') && after.test(word.text));
    if (last !== undefined && isJoint && hasDomain) result[result.length - 1] = joined(last, word);
    else result.push(word);
  }
  return result;
}
