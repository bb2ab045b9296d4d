import type { LineReading, Reader } from './read-line.js';
import { textOf, type RecognizedLine } from './recognized-line.js';

/** A page is in one script when so large a share of the characters that are sure of theirs is. */
const oneScript = 0.9;
/** A reading below this is not taken for the sake of the page's script alone. */
const leastConfidence = 0.5;
/** The neural recogniser is that much surer of lines that it cannot read than Tesseract is of lines that it can. */
const overconfidence = 0.1;

/**
 * Chooses between the readings of every line. Where a line leaves doubt ("Tax" may be "Тах"), the sure lines of the
 * page decide if they all but agree, and else the confidence.
 */
export function settleReadings(readings: readonly LineReading[]): RecognizedLine[] {
  const sureCharacters = (reader: Reader): number =>
    readings.reduce((sum, reading) => sum + (reading.sure === reader ? textOf(reading[reader]).length : 0), 0);
  const neural = sureCharacters('neural');
  const total = neural + sureCharacters('tesseract');
  const share = total === 0 ? 0.5 : neural / total;
  const usual: Reader | undefined = share >= oneScript ? 'neural' : share <= 1 - oneScript ? 'tesseract' : undefined;
  return readings.map((reading) => {
    if (reading.sure !== undefined) return reading[reading.sure];
    if (usual !== undefined && reading[usual].confidence >= leastConfidence) return reading[usual];
    return reading.tesseract.confidence > reading.neural.confidence - overconfidence ? reading.tesseract : reading.neural;
  });
}
