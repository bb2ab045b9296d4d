import { hanCharacter, scriptFamilyOf } from '../language/scripts.js';
import type { LineSource } from '../line/crop-line.js';
import { emptyLine, textOf, type RecognizedLine } from '../line/recognized-line.js';
import type { CtcRecognizer } from './ctc-recognizer.js';
import type { ReadingPlan } from './reading-plan.js';
import type { TesseractRecognizer } from './tesseract-recognizer.js';

/**
 * The recognizer for Latin and Cyrillic; that for Chinese; the same where it read a line that left the first in doubt, as it has
 * learned from photos; or Tesseract, for every other script.
 */
export const readers = ['letters', 'chinese', 'second', 'tesseract'] as const;
export type Reader = (typeof readers)[number];

/** What a recognizer made of a line. */
export interface Reading extends RecognizedLine {
  readonly reader: Reader;
}

/** What was made of a line: at least one reading. */
export interface LineReading {
  /** The neural recognizers' reading, empty where they were not asked. */
  readonly neural: Reading;
  /** Tesseract's, empty where it was not asked. */
  readonly tesseract: Reading;
  /** Which of the two is right beyond doubt, by the line alone. */
  readonly sure: 'neural' | 'tesseract' | undefined;
}

export interface Recognizers {
  readonly letters: CtcRecognizer;
  readonly chinese: CtcRecognizer;
  readonly tesseract: TesseractRecognizer;
}

const noReading = (reader: Reader): Reading => ({ ...emptyLine, reader });

/** Below this a line may be Chinese where the request leaves the language open, and else the other may read it better. */
const surelyLetters = 0.85;
/** Chinese characters are believed over this confidence when nobody asked for them. */
const surelyChinese = 0.8;
/**
 * So is the Latin that the recognizer for Chinese reads in place of doubtful Latin, and of doubtful Cyrillic, which it does not know.
 * Chosen on receipts, forms and rendered lines that are not scored.
 */
const surelyBetter = { latin: 0.9, cyrillic: 0.97 };

// Whether a line is in a script of the neural recognizers or in one of Tesseract's, both know by their confidence.
const surelyNeural = 0.95;
const surelyOther = 0.9;
const surelyNotOther = 0.6;

const cyrillic = /\p{Script=Cyrillic}/u;

/** Letters that look like none of Greek, Armenian or Georgian. */
const ownLetters = /[sdfjqzSFQZJбджзийцчшщыьэюяБДЖЗИЙЦЧШЩЫЬЭЮЯ]/;

/**
 * Reads one line by the plan. Where it may be in a script of Tesseract's, `first` is asked first, and the other only if
 * the first is not sure: lines of a page mostly share their script.
 */
export async function readLine(
  recognizers: Recognizers,
  line: LineSource,
  plan: ReadingPlan,
  first: 'neural' | 'tesseract',
): Promise<LineReading> {
  const readOther = async (data: ReadingPlan['tesseract']): Promise<Reading> => ({
    ...(await recognizers.tesseract.read(line, data)),
    reader: 'tesseract',
  });
  if (plan.tesseract.length === 0) {
    return { neural: await readNeurally(recognizers, line, plan), tesseract: noReading('tesseract'), sure: 'neural' };
  }
  // Without English Tesseract takes less than half of the time, and a line in another script needs no English.
  let other = first === 'tesseract' ? await readOther(plan.tesseract) : undefined;
  if (other !== undefined && isSurelyOther(other)) {
    return { neural: noReading('letters'), tesseract: other, sure: 'tesseract' };
  }
  const neural = await readNeurally(recognizers, line, plan);
  if (isSurelyNeural(neural)) return { neural, tesseract: noReading('tesseract'), sure: 'neural' };
  other ??= await readOther(plan.tesseract);
  if (isSurelyOther(other)) return { neural, tesseract: other, sure: 'tesseract' };
  if (other.confidence < surelyNotOther || plan.english.length === 0) {
    return { neural, tesseract: other, sure: undefined };
  }
  const mixed = await readOther([...plan.tesseract, ...plan.english]);
  const isOther = isSurelyOther(mixed) && neural.confidence < surelyNeural;
  return { neural, tesseract: mixed, sure: isOther ? 'tesseract' : undefined };
}

async function readNeurally({ letters, chinese }: Recognizers, line: LineSource, plan: ReadingPlan): Promise<Reading> {
  const read: Reading = { ...(await letters.read(line)), reader: 'letters' };
  if (plan.chinese !== 'asked' && read.confidence >= surelyLetters) return read;
  // A line in a script of Tesseract's is doubtful too, and other letters than its own are no better.
  if (plan.chinese === 'no' && plan.tesseract.length > 0) return read;
  const other = await chinese.read(line);
  if (hanCharacter.test(textOf(other))) {
    const isChinese = plan.chinese === 'asked' || (plan.chinese === 'detect' && other.confidence > surelyChinese);
    return isChinese ? { ...other, reader: 'chinese' } : read;
  }
  return isBetter(other, read) ? { ...other, reader: 'second' } : read;
}

/** Whether letters that the recognizer for Chinese read are to be believed in place of the others. */
function isBetter(other: RecognizedLine, read: RecognizedLine): boolean {
  const script = cyrillic.test(textOf(read)) ? 'cyrillic' : 'latin';
  return read.confidence < surelyLetters && other.confidence > surelyBetter[script] && !cyrillic.test(textOf(other));
}

function isSurelyNeural(line: RecognizedLine): boolean {
  const text = textOf(line);
  return line.confidence > surelyNeural && (ownLetters.test(text) || hanCharacter.test(text) || !/\p{L}/u.test(text));
}

function isSurelyOther(line: RecognizedLine): boolean {
  return line.confidence > surelyOther && scriptFamilyOf(textOf(line)) === 'other';
}
