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
/** Roman numerals are Latin in any text, but for the one that is millimeters more often. */
const romanNumeral = /^(?!MM$)[IVXLCDM]+$/;
/** Roman numerals and misread number signs, which say nothing about the script of a text. */
const ofNoScript = /(?<!\p{L})(?:[IVXLCDM]+|N[eе°º]?)(?!\p{L})/gu;
/** No Cyrillic word is this letter alone. */
const serbianAlone = /^[JjЈј]$/;
/** Readings of a number sign in a Cyrillic line, alone or before its number. */
const numberSign = /^(?:N[eе]?$|N[°º](?=\d|$)|№[°º])/;
const digitHomoglyphs = letterPairs('l1I1O0О0о0o0');
/** Letters that look like a digit, after three digits. After two they may be a unit (10l). */
const misreadDigit = /(?<=\d{3})[lIOОоo](?![\p{L}])/gu;
/** A code of letters and digits is Latin, as HB2, S316 and KA.9763-S316 are in any text. */
const code = /^(?=.*\d)(?=.*\p{Lu})[\p{Lu}\d.,/"()-]+$/u;
/** The Russian abbreviation of technical specifications, before their number. */
const specifications = /^[TТ][YУ](?=[\d.-])/;
/** So are paths, addresses, options and commands. */
const path = /^[/\\~@]|:\/\/|[\p{L}\d]@[\p{L}\d]|^--?\p{L}/u;
/** But metric threads (М20), grades of steel (12Х18Н10Т) and license plates (А123ВС) are Cyrillic. */
const cyrillicCode = /^(?:[MМ][\d.,]+(?:[xхXХ×][\d.,]+)?$|\d+[XХHН]\d|[\p{Lu}]\d{3}[\p{Lu}]{2}\d{0,3}$)/u;
/** A line is in one script if that has this share of its letters without a homoglyph, a page from a lower share on. Chosen by hand. */
const [minLineShare, minPageShare] = [0.9, 0.6];

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
 * the line, of the nearest word that has one, or of the page.
 */
export function unifyScripts(lines: readonly RecognizedLine[]): RecognizedLine[] {
  const scriptOfPage = dominantScript(lines.map(textOf).join('\n'), minPageShare);
  return lines.map((line) => {
    const scriptOfLine = dominantScript(textOf(line), minLineShare);
    const scripts = line.words.map(({ text }) => dominantScript(text, minLineShare));
    const words = line.words.map((word, index) =>
      correctWord(word, scriptOfLine ?? nearestScript(scripts, index) ?? scriptOfPage),
    );
    return { ...line, words };
  });
}

/** The script of the nearest word that has one. Of two, the following one's: what a word belongs to comes after it. */
function nearestScript(scripts: ReadonlyArray<Script | undefined>, index: number): Script | undefined {
  for (let distance = 1; distance < scripts.length; distance++) {
    const script = scripts[index + distance] ?? scripts[index - distance];
    if (script !== undefined) return script;
  }
  return undefined;
}

function correctWord(word: RecognizedWord, context: Script | undefined): RecognizedWord {
  const withNumberSign = context === 'cyrillic' ? word.text.replace(numberSign, '№') : word.text;
  const withDigits = withNumberSign.replaceAll(misreadDigit, (letter) => digitHomoglyphs.get(letter) ?? letter);
  const text = withDigits.replaceAll(/\p{L}+/gu, lettersOf(withDigits, context));
  return { ...word, text: text.replace(specifications, 'ТУ') };
}

/** How the letters of a word are written. */
function lettersOf(word: string, context: Script | undefined): (letters: string) => string {
  if (context === 'cyrillic' && cyrillicCode.test(word)) return (letters) => inScript(letters, 'cyrillic');
  const own = code.test(word) || path.test(word) ? 'latin' : dominantScript(word, minLineShare);
  return (letters) => unifyScript(letters, own ?? context, own === undefined);
}

function unifyScript(letters: string, context: Script | undefined, isAlone: boolean): string {
  const { latin, cyrillic } = countUnambiguous(letters);
  if (latin > 0 && cyrillic > 0) return letters;
  if (latin + cyrillic === 0 && (romanNumeral.test(letters) || (isAlone && serbianAlone.test(letters)))) return letters;
  const script = latin > 0 ? 'latin' : cyrillic > 0 ? 'cyrillic' : (context ?? majorityScript(letters));
  return inScript(letters, script);
}

function inScript(letters: string, script: Script): string {
  return Array.from(letters, (letter) => homoglyphs[script].get(letter) ?? letter).join('');
}

/** The script of at least `minShare` of the letters without a homoglyph. */
function dominantScript(text: string, minShare: number): Script | undefined {
  const { latin, cyrillic } = countUnambiguous(text.replaceAll(ofNoScript, ''));
  const total = latin + cyrillic;
  if (total === 0) return undefined;
  return latin >= minShare * total ? 'latin' : cyrillic >= minShare * total ? 'cyrillic' : undefined;
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
