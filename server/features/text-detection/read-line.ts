import type { LineCrop } from './crop-line.js';
import type { CtcRecognizer, Posteriors } from './ctc-recognizer.js';
import { hanCharacter, scriptOf } from './languages.js';
import type { ReadingPlan } from './reading-plan.js';
import { emptyLine, textOf, type RecognizedLine } from './recognized-line.js';
import type { TesseractRecognizer } from './tesseract-recognizer.js';

/** Which recogniser's reading is meant: the neural one for Latin and Chinese, or Tesseract for every other script. */
export type Reader = 'neural' | 'tesseract';

/** What both recognisers made of a line. The one that was not asked has an empty line. */
export interface LineReading {
  readonly neural: RecognizedLine;
  readonly tesseract: RecognizedLine;
  /** Whose reading is right beyond doubt, by the line alone. */
  readonly sure: Reader | undefined;
}

/** Chinese characters are believed over this confidence when nobody asked for them. */
const surelyChinese = 0.8;

// The two recognisers know when a line is not in their script. Measured on printed and photographed pages: the neural
// one, which knows no Cyrillic, has 0.71 to 0.97 on Russian lines and mostly over 0.95 on English ones; Tesseract's
// Russian has over 0.94 on Russian lines, and on English ones over 0.9 only where all letters have a twin.
const surelyLatin = 0.95;
const surelyOther = 0.9;
const surelyNotOther = 0.6;
/** Mixed lines of drawn pages have over 0.83 with both languages. */
const surelyMixed = 0.8;
/** Below this it is tried what the request does not name but implies. 95 % of Russian lines read as English are below. */
const doubtful = 0.9;

/**
 * Letters that the neural recogniser never sees in Cyrillic. It reads "покупку" as "nokynky", and is sure of it, but
 * hardly any line of Latin text is without one of these.
 */
const latinOnly = /[sdlfijqvzSLFQZJ]/;
/** The Cyrillic letters that have no twin in Latin. "ТЕА" may be "TEA". */
const cyrillicOnly = /[\p{Script=Cyrillic}--[АВСЕНКМОРТХУасеорху]]/v;

/**
 * Capitals behind small letters and digits among letters: how Cyrillic words look when the neural recogniser reads them
 * beside Latin ones ("MuwvTe", "onpo6HocT"). Addresses may have both.
 */
const mangledWord = /^[^@./]*(?:\p{Ll}\p{Lu}|\p{L}\d\p{L})[^@./]*$/u;

export interface Recognizers {
  readonly ctc: CtcRecognizer;
  readonly tesseract: TesseractRecognizer;
}

/**
 * Reads one line with the recognisers of the plan. Where both may be right, `first` is asked first, and the other only
 * if the first is not sure: lines of a page mostly share their script. A line that stays in doubt is tried in the
 * languages that the request implies.
 */
export async function readLine(
  recognizers: Recognizers,
  crop: LineCrop,
  plan: ReadingPlan,
  first: Reader,
): Promise<LineReading> {
  const asked = await readAsAsked(recognizers, crop, plan, first);
  const confidence = Math.max(asked.neural.confidence, asked.tesseract.confidence);
  return confidence < doubtful ? ((await readAsImplied(recognizers, crop, plan, asked)) ?? asked) : asked;
}

async function readAsImplied(
  { ctc, tesseract }: Recognizers,
  crop: LineCrop,
  { implied }: ReadingPlan,
  asked: LineReading,
): Promise<LineReading | undefined> {
  if (implied.english) {
    const neural = decode(await ctc.run(crop), 'latin');
    if (isSurelyNeural(neural) && /\p{L}/u.test(textOf(neural))) return { ...asked, neural, sure: 'neural' };
  }
  if (implied.tesseract.length === 0) return undefined;
  const other = await tesseract.read(crop, implied.tesseract);
  return isSurelyOther(other) ? { ...asked, tesseract: other, sure: 'tesseract' } : undefined;
}

async function readAsAsked(
  recognizers: Recognizers,
  crop: LineCrop,
  plan: ReadingPlan,
  first: Reader,
): Promise<LineReading> {
  const { ctc, tesseract } = recognizers;
  if (plan.ctc === 'none') {
    return { neural: emptyLine, tesseract: await tesseract.read(crop, [...plan.tesseract, ...plan.english]), sure: 'tesseract' };
  }
  if (plan.tesseract.length === 0) {
    return { neural: decode(await ctc.run(crop), plan.ctc), tesseract: emptyLine, sure: 'neural' };
  }
  // Without English Tesseract takes less than half of the time, and a line in another script needs no English.
  let other = first === 'tesseract' ? await tesseract.read(crop, plan.tesseract) : undefined;
  if (other !== undefined && isSurelyOther(other)) return { neural: emptyLine, tesseract: other, sure: 'tesseract' };
  const neural = decode(await ctc.run(crop), plan.ctc);
  if (isSurelyNeural(neural)) return { neural, tesseract: emptyLine, sure: 'neural' };
  other ??= await tesseract.read(crop, plan.tesseract);
  if (isSurelyOther(other)) return { neural, tesseract: other, sure: 'tesseract' };
  const mangled = isMangled(neural);
  const hopeless = other.confidence < surelyNotOther && !mangled;
  if (hopeless || plan.english.length === 0) return { neural, tesseract: other, sure: undefined };
  const mixed = await tesseract.read(crop, [...plan.tesseract, ...plan.english]);
  const isOther = isSurelyOther(mixed) && neural.confidence < surelyLatin;
  const explainsMangled = mangled && mixed.confidence > surelyMixed && cyrillicOnly.test(textOf(mixed));
  return { neural, tesseract: mixed, sure: isOther || explainsMangled ? 'tesseract' : undefined };
}

function isSurelyNeural(line: RecognizedLine): boolean {
  const text = textOf(line);
  if (line.confidence <= surelyLatin || isMangled(line)) return false;
  return latinOnly.test(text) || hanCharacter.test(text) || !/\p{L}/u.test(text);
}

function isMangled(line: RecognizedLine): boolean {
  return line.words.some(({ text }) => mangledWord.test(text));
}

function isSurelyOther(line: RecognizedLine): boolean {
  const text = textOf(line);
  return line.confidence > surelyOther && (cyrillicOnly.test(text) || scriptOf(text) === 'other');
}

function decode(posteriors: Posteriors, mode: 'latin' | 'chinese' | 'detect-chinese'): RecognizedLine {
  if (mode === 'latin') return posteriors.decode('latin');
  const any = posteriors.decode('latin-and-chinese');
  const believed = mode === 'chinese' || !hanCharacter.test(textOf(any)) || any.confidence > surelyChinese;
  return believed ? any : posteriors.decode('latin');
}
