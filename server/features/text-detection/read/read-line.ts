import { scriptFamilyOf } from '../language/scripts.js';
import type { LineSource } from '../line/crop-line.js';
import { emptyLine, textOf, type RecognizedLine } from '../line/recognized-line.js';
import type { ReadingPlan } from './reading-plan.js';
import type { Fallback, Reader } from './recognizer.js';
import type { Recognizers } from './recognizers.js';
import { tesseractReader } from './tesseract-recognizer.js';

/** What a recognizer read in a line. Its confidence is not comparable with that of another reader. */
export interface Reading extends RecognizedLine {
  readonly reader: Reader;
}

/** What was read in a line: at least one of the two is not empty if the line has text. */
export interface LineReading {
  /** By the neural recognizers, empty if they did not read the line. */
  readonly neural: Reading;
  /** By Tesseract or a pulled recognizer in its place, empty if it did not read the line. */
  readonly tesseract: Reading;
  /** Which of the two is right beyond doubt, by this line alone. */
  readonly sure: 'neural' | 'tesseract' | undefined;
}

// In a request for scripts of Tesseract's, confidences tell whether a line is in one of them or in one of the neural
// recognizers'. Chosen by hand.
const sureNeural = 0.95;
const sureTesseract = 0.9;
/** Below this Tesseract is not tried again with English. */
const possiblyTesseract = 0.6;

const cyrillic = /\p{Script=Cyrillic}/u;

/**
 * Reads one line by the plan. If it may be in a script of Tesseract's, the reader `startWith` comes first, and the other
 * only if the first is not sure: most lines of a page share their script.
 */
export async function readLine(
  recognizers: Recognizers,
  line: LineSource,
  plan: ReadingPlan,
  startWith: 'neural' | 'tesseract',
): Promise<LineReading> {
  const readByTesseract = async (data: ReadingPlan['tesseract']): Promise<Reading> => ({
    reader: tesseractReader,
    ...(await recognizers.tesseract.read(line, data)),
  });
  if (plan.tesseract.length === 0) {
    return {
      neural: await readNeurally(recognizers, line, plan),
      tesseract: noReading(tesseractReader),
      sure: 'neural',
    };
  }
  // With English too Tesseract takes more than twice the time, and a line that is all in another script does not need it.
  let tesseract = startWith === 'tesseract' ? await readByTesseract(plan.tesseract) : undefined;
  if (tesseract !== undefined && isSureTesseract(tesseract)) {
    return { neural: noReading(recognizers.first.reader), tesseract, sure: 'tesseract' };
  }
  const neural = await readNeurally(recognizers, line, plan);
  if (isSureNeural(neural, recognizers)) return { neural, tesseract: noReading(tesseractReader), sure: 'neural' };
  tesseract ??= await readByTesseract(plan.tesseract);
  if (isSureTesseract(tesseract)) return { neural, tesseract, sure: 'tesseract' };
  if (tesseract.confidence < possiblyTesseract || plan.english.length === 0) {
    return { neural, tesseract, sure: undefined };
  }
  const mixed = await readByTesseract([...plan.tesseract, ...plan.english]);
  const isSure = isSureTesseract(mixed) && neural.confidence < sureNeural;
  return { neural, tesseract: mixed, sure: isSure ? 'tesseract' : undefined };
}

async function readNeurally(
  { first, further }: Recognizers,
  line: LineSource,
  { requested, detected, tesseract }: ReadingPlan,
): Promise<Reading> {
  const reading: Reading = { ...(await first.read(line)), reader: first.reader };
  const isInDoubt = reading.confidence < first.doubtBelow;
  for (const recognizer of further) {
    const { reader, ownCharacter, detectAbove, fallback } = recognizer;
    const isRequested = requested.includes(reader.name);
    const isDetected = detected.includes(reader.name);
    if (!isRequested && !isInDoubt) continue;
    // Lines in a script of Tesseract's are in doubt too, and a fallback does not read them any better.
    const usesFallback = fallback !== undefined && tesseract.length === 0;
    if (!isRequested && !isDetected && !usesFallback) continue;
    const candidate = await recognizer.read(line);
    if (ownCharacter.test(textOf(candidate))) {
      if (isRequested || (isDetected && candidate.confidence > detectAbove)) return { ...candidate, reader };
    } else if (fallback !== undefined && isInDoubt && isBetter(candidate, reading, fallback)) {
      return { ...candidate, reader: fallback.reader };
    }
  }
  return reading;
}

/** Whether the reading of a fallback replaces one in doubt. */
function isBetter(candidate: RecognizedLine, inDoubt: RecognizedLine, { above }: Fallback): boolean {
  const script = cyrillic.test(textOf(inDoubt)) ? 'cyrillic' : 'latin';
  return candidate.confidence > above[script] && !cyrillic.test(textOf(candidate));
}

function isSureNeural(line: RecognizedLine, { first, further }: Recognizers): boolean {
  const text = textOf(line);
  const isOwn = [first, ...further].some(({ ownCharacter }) => ownCharacter.test(text));
  return line.confidence > sureNeural && (isOwn || !/\p{L}/u.test(text));
}

function isSureTesseract(line: RecognizedLine): boolean {
  return line.confidence > sureTesseract && scriptFamilyOf(textOf(line)) === 'other';
}

function noReading(reader: Reader): Reading {
  return { ...emptyLine, reader };
}
