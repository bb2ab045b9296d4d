import { textOf, type RecognizedLine, type RecognizedWord } from '../line/recognized-line.js';

type TwinScript = 'latin' | 'cyrillic';

/** Letters of Cyrillic and Latin that look alike, in pairs. */
const pairs = 'АAВBСCЕEНHІIЈJКKМMОOРPТTУYХXаaсcеeіiјjоoрpуyхx';
const latinTwins = letterPairs(pairs);
const twins: Record<TwinScript, ReadonlyMap<string, string>> = {
  latin: latinTwins,
  cyrillic: new Map(Array.from(latinTwins, ([cyrillic, latin]) => [latin, cyrillic])),
};
/** The signs of ordinals are letters of Latin for Unicode, and are read for those of numbers and degrees. */
const scripts: Record<TwinScript, RegExp> = { latin: /(?![ªº])\p{Script=Latin}/u, cyrillic: /\p{Script=Cyrillic}/u };
/** Numbers in Roman letters are Latin in any text. */
const romanNumber = /^[IVXLCDM]+$/;
/** They, and what is read of number signs, say nothing of the script around. */
const ofNoScript = /(?<!\p{L})(?:[IVXLCDM]+|N[eе°º]?)(?!\p{L})/gu;
/** What is read of a number sign in a line of Cyrillic, alone or before its number. */
const numberSign = /^(?:N[eе]?$|N[°º](?=\d|$)|№[°º])/;
/** Letters that look like a digit, and are one behind three others; behind two it may be a unit (10l). */
const digitTwins = letterPairs('l1I1O0О0о0o0');
/** Text is in one script when so large a part of the letters that have no twin is. */
const oneScript = 0.9;

/** The letter of Latin that looks like one of Cyrillic, or the letter itself. */
export function latinTwin(letter: string): string {
  return latinTwins.get(letter) ?? letter;
}

/** The letter of the other script that looks alike. */
export function twinOf(letter: string): string | undefined {
  return twins.latin.get(letter) ?? twins.cyrillic.get(letter);
}

/**
 * Writes letters that look alike in the script that they are in: by the other letters of the word, of which some look like
 * nothing in the other script, then by those of the line, and then by those of the page.
 */
export function settleTwins(lines: readonly RecognizedLine[]): RecognizedLine[] {
  const ofPage = scriptOfLetters(lines.map(textOf).join('\n'));
  return lines.map((line) => {
    const around = scriptOfLetters(textOf(line)) ?? ofPage;
    return { ...line, words: line.words.map((word) => settleWord(word, around)) };
  });
}

function settleWord(word: RecognizedWord, around: TwinScript | undefined): RecognizedWord {
  const signed = around === 'cyrillic' ? word.text.replace(numberSign, '№') : word.text;
  const text = signed.replaceAll(/(?<=\d{3})[lIOОоo](?![\p{L}])/gu, (letter) => digitTwins.get(letter) ?? letter);
  return { ...word, text: text.replaceAll(/\p{L}+/gu, (letters) => settle(letters, around)) };
}

function settle(letters: string, around: TwinScript | undefined): string {
  const { latin, cyrillic } = countWithoutTwin(letters);
  if (latin > 0 && cyrillic > 0) return letters;
  if (latin + cyrillic === 0 && romanNumber.test(letters)) return letters;
  const script = latin > 0 ? 'latin' : cyrillic > 0 ? 'cyrillic' : (around ?? mostOf(letters));
  return Array.from(letters, (letter) => twins[script].get(letter) ?? letter).join('');
}

/** The script that nearly all letters without a twin are in. */
function scriptOfLetters(text: string): TwinScript | undefined {
  const { latin, cyrillic } = countWithoutTwin(text.replaceAll(ofNoScript, ''));
  const total = latin + cyrillic;
  if (total === 0) return undefined;
  return latin >= oneScript * total ? 'latin' : cyrillic >= oneScript * total ? 'cyrillic' : undefined;
}

function countWithoutTwin(text: string): Record<TwinScript, number> {
  const counts = { latin: 0, cyrillic: 0 };
  for (const letter of text) {
    if (scripts.latin.test(letter) && !twins.cyrillic.has(letter)) counts.latin++;
    if (scripts.cyrillic.test(letter) && !twins.latin.has(letter)) counts.cyrillic++;
  }
  return counts;
}

function mostOf(letters: string): TwinScript {
  return 2 * Array.from(letters).filter((letter) => scripts.latin.test(letter)).length >= letters.length
    ? 'latin'
    : 'cyrillic';
}

/** From the first letter of every pair to the second. */
export function letterPairs(text: string): Map<string, string> {
  const letters = Array.from(text);
  return new Map(letters.flatMap((letter, at) => (at % 2 === 0 ? [[letter, letters[at + 1]!] as const] : [])));
}
