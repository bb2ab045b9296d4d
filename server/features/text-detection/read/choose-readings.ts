import { textOf, type RecognizedLine } from '../line/recognized-line.js';
import { calibrate } from './calibrate.js';
import { settleTwins } from './letter-twins.js';
import type { LineReading, Reading } from './read-line.js';

/** A page is read by one when so large a share of the characters that are sure of theirs is. */
const oneReader = 0.9;
/** A reading below this is not taken for the sake of the page alone. */
const leastConfidence = 0.5;
/** The neural recognizers are that much surer of lines that they cannot read than Tesseract is of lines that it can. */
const overconfidence = 0.1;

/** What stands in every line, with a confidence that is comparable, and letters that look alike in the script of the page. */
export function settleReadings(readings: readonly LineReading[]): RecognizedLine[] {
  const chosen = chooseReadings(readings);
  return settleTwins(
    chosen.map(({ reader, words, confidence }) => ({ words, confidence: calibrate(reader.calibration, confidence) })),
  );
}

/**
 * Chooses between the readings of every line. Where a line leaves doubt, the sure lines of the page decide if they all
 * but agree, and else the confidence.
 */
export function chooseReadings(readings: readonly LineReading[]): Reading[] {
  const sureCharacters = (which: 'neural' | 'tesseract'): number =>
    readings.reduce((sum, reading) => sum + (reading.sure === which ? textOf(reading[which]).length : 0), 0);
  const neural = sureCharacters('neural');
  const total = neural + sureCharacters('tesseract');
  const share = total === 0 ? 0.5 : neural / total;
  const usual = share >= oneReader ? 'neural' : share <= 1 - oneReader ? 'tesseract' : undefined;
  return readings.map((reading) => {
    if (reading.sure !== undefined) return reading[reading.sure];
    if (usual !== undefined && reading[usual].confidence >= leastConfidence) return reading[usual];
    return reading.tesseract.confidence > reading.neural.confidence - overconfidence
      ? reading.tesseract
      : reading.neural;
  });
}
