import { calibrated } from './calibrate.js';
import type { LineReading, Reader } from './read-line.js';
import { textOf, type RecognizedLine } from './recognized-line.js';
import { readPlate } from './templates/license-plates.js';

/** A page is in one script when so large a share of the characters that are sure of theirs is. */
const oneScript = 0.9;
/** A reading below this is not taken for the sake of the page's script alone. */
const leastConfidence = 0.5;
/** The neural recogniser is that much surer of lines that it cannot read than Tesseract is of lines that it can. */
const overconfidence = 0.1;

/** What stands in every line, with a confidence that is comparable. */
export function settleReadings(readings: readonly LineReading[], { hasPlates = false } = {}): RecognizedLine[] {
  const readers = chooseReaders(readings);
  return readings.map((reading, index) => {
    // What is a number plate for the neural recogniser is one: its letters are those that Cyrillic and Latin share, and
    // Tesseract makes words of it.
    const reader = hasPlates && readPlate(textOf(reading.neural)) !== undefined ? 'neural' : readers[index]!;
    const { words, confidence } = reading[reader];
    return { words, confidence: calibrated(reader, confidence) };
  });
}

/**
 * Chooses between the readings of every line. Where a line leaves doubt ("Tax" may be "Тах"), the sure lines of the
 * page decide if they all but agree, and else the confidence.
 */
export function chooseReaders(readings: readonly LineReading[]): Reader[] {
  const sureCharacters = (reader: Reader): number =>
    readings.reduce((sum, reading) => sum + (reading.sure === reader ? textOf(reading[reader]).length : 0), 0);
  const neural = sureCharacters('neural');
  const total = neural + sureCharacters('tesseract');
  const share = total === 0 ? 0.5 : neural / total;
  const usual: Reader | undefined = share >= oneScript ? 'neural' : share <= 1 - oneScript ? 'tesseract' : undefined;
  return readings.map((reading) => {
    if (reading.sure !== undefined) return reading.sure;
    if (usual !== undefined && reading[usual].confidence >= leastConfidence) return usual;
    return reading.tesseract.confidence > reading.neural.confidence - overconfidence ? 'tesseract' : 'neural';
  });
}
