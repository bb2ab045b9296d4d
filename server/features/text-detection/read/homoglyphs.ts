import { textOf, type RecognizedLine, type RecognizedWord } from '../line/recognized-line.js';

type Script = 'latin' | 'cyrillic';

const latinHomoglyphs = letterPairs('АAВBСCЕEНHІIЈJКKМMОOРPТTУYХXаaсcеeіiјjоoрpуyхx');
/** For each script its letters, by the letter of the other script that looks the same. */
const homoglyphs: Readonly<Record<Script, ReadonlyMap<string, string>>> = {
  latin: latinHomoglyphs,
  cyrillic: new Map(Array.from(latinHomoglyphs, ([cyrillic, latin]) => [latin, cyrillic])),
};
/** Unicode counts ordinal signs as Latin letters, but in print they are misread number signs and degrees. */
const letterOf: Readonly<Record<Script, RegExp>> = {
  latin: /(?![ªº])\p{Script=Latin}/u,
  cyrillic: /\p{Script=Cyrillic}/u,
};
/** Roman numerals are Latin in any text. */
const romanNumeral = /^[IVXLCDM]+$/;
/** Roman numerals and misread number signs, which say nothing about the script of a text. */
const ofNoScript = /(?<!\p{L})(?:[IVXLCDM]+|N[eе°º]?)(?!\p{L})/gu;
/** Readings of a number sign in a Cyrillic line, alone or before its number. */
const numberSign = /^(?:N[eе]?$|N[°º](?=\d|$)|№[°º])/;
const digitHomoglyphs = letterPairs('l1I1O0О0о0o0');
/** Letters that look like a digit, after three digits. After two they may be a unit (10l). */
const misreadDigit = /(?<=\d{3})[lIOОоo](?![\p{L}])/gu;
/** A code of letters and digits in Cyrillic text is Latin, as HB2, S316 and KA.9763-S316 are. */
const code = /^(?=.*\d)(?=.*\p{Lu})[\p{Lu}\d.,/-]+$/u;
/** But metric threads (М20) and grades of steel (12Х18Н10Т) are Cyrillic. */
const cyrillicCode = /^(?:[MМ][\d.,]+(?:[xхXХ×][\d.,]+)?$|\d+[XХHН]\d)/;
/** A text is in one script if that has this share of its letters without a homoglyph. Chosen by hand. */
const minScriptShare = 0.9;

/** The Latin letter that looks like a Cyrillic one, or the letter itself. */
export function latinHomoglyph(letter: string): string {
  return latinHomoglyphs.get(letter) ?? letter;
}

/** The letter of the other script that looks the same. */
export function homoglyphOf(letter: string): string | undefined {
  return homoglyphs.latin.get(letter) ?? homoglyphs.cyrillic.get(letter);
}

/**
 * Writes homoglyphs of Latin and Cyrillic in one script per word: that of the other letters of the word, or else that of
 * the line, or else that of the page.
 */
export function unifyScripts(lines: readonly RecognizedLine[]): RecognizedLine[] {
  const scriptOfPage = dominantScript(lines.map(textOf).join('\n'));
  return lines.map((line) => {
    const context = dominantScript(textOf(line)) ?? scriptOfPage;
    return { ...line, words: line.words.map((word) => correctWord(word, context)) };
  });
}

function correctWord(word: RecognizedWord, context: Script | undefined): RecognizedWord {
  const withNumberSign = context === 'cyrillic' ? word.text.replace(numberSign, '№') : word.text;
  const withDigits = withNumberSign.replaceAll(misreadDigit, (letter) => digitHomoglyphs.get(letter) ?? letter);
  return { ...word, text: withDigits.replaceAll(/\p{L}+/gu, lettersOf(withDigits, context)) };
}

/** How the letters of a word are written. */
function lettersOf(word: string, context: Script | undefined): (letters: string) => string {
  if (context === 'cyrillic' && cyrillicCode.test(word)) return (letters) => inScript(letters, 'cyrillic');
  // A part of a code may have letters that say otherwise.
  const own = context === 'cyrillic' && code.test(word) ? 'latin' : context;
  return (letters) => unifyScript(letters, own);
}

function unifyScript(letters: string, context: Script | undefined): string {
  const { latin, cyrillic } = countUnambiguous(letters);
  if (latin > 0 && cyrillic > 0) return letters;
  if (latin + cyrillic === 0 && romanNumeral.test(letters)) return letters;
  const script = latin > 0 ? 'latin' : cyrillic > 0 ? 'cyrillic' : (context ?? majorityScript(letters));
  return inScript(letters, script);
}

function inScript(letters: string, script: Script): string {
  return Array.from(letters, (letter) => homoglyphs[script].get(letter) ?? letter).join('');
}

/** The script of nearly all letters without a homoglyph. */
function dominantScript(text: string): Script | undefined {
  const { latin, cyrillic } = countUnambiguous(text.replaceAll(ofNoScript, ''));
  const total = latin + cyrillic;
  if (total === 0) return undefined;
  return latin >= minScriptShare * total ? 'latin' : cyrillic >= minScriptShare * total ? 'cyrillic' : undefined;
}

/** Letters of each script that look like none of the other. */
function countUnambiguous(text: string): Record<Script, number> {
  const counts = { latin: 0, cyrillic: 0 };
  for (const letter of text) {
    if (letterOf.latin.test(letter) && !homoglyphs.cyrillic.has(letter)) counts.latin++;
    if (letterOf.cyrillic.test(letter) && !homoglyphs.latin.has(letter)) counts.cyrillic++;
  }
  return counts;
}

function majorityScript(letters: string): Script {
  const latin = Array.from(letters).filter((letter) => letterOf.latin.test(letter)).length;
  return 2 * latin >= letters.length ? 'latin' : 'cyrillic';
}

/** Maps the first letter of each pair to the second: "AАBВ" maps A to А and B to В. */
export function letterPairs(text: string): Map<string, string> {
  const letters = Array.from(text);
  return new Map(letters.flatMap((letter, at) => (at % 2 === 0 ? [[letter, letters[at + 1]!] as const] : [])));
}
