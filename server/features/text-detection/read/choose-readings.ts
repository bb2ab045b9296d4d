import { textOf, type RecognizedLine } from '../line/recognized-line.js';
import { calibrate } from './calibrate.js';
import { unifyScripts } from './homoglyphs.js';
import { joinAddresses } from './join-addresses.js';
import type { LineReading, Reading } from './read-line.js';

/** Lines without a sure reading follow the page if this share of the characters of its sure lines has one reader. */
const minReaderShare = 0.9;
/** Minimum confidence of a reading that is chosen because of the page. */
const minPageConfidence = 0.5;
/**
 * How much more confident the neural recognizers are of lines that they cannot read than Tesseract of lines that it can.
 * All three were chosen by hand.
 */
export const neuralOverconfidence = 0.1;

/** The lines that are most likely right, with comparable confidences and homoglyphs in the script of their text. */
export function combineReadings(readings: readonly LineReading[]): RecognizedLine[] {
  return unifyScripts(
    chooseReadings(readings).map(({ reader, words, confidence }) => ({
      words: joinAddresses(words),
      confidence: calibrate(reader.calibration, confidence),
    })),
  );
}

/**
 * Chooses one of the readings of each line. If none is sure, the sure lines of the page decide, provided that nearly all
 * of them have the same reader; otherwise the confidence does.
 */
export function chooseReadings(readings: readonly LineReading[]): Reading[] {
  const readerOfPage = dominantReader(readings);
  return readings.map((reading) => {
    if (reading.sure !== undefined) return reading[reading.sure];
    if (readerOfPage !== undefined && reading[readerOfPage].confidence >= minPageConfidence) {
      return reading[readerOfPage];
    }
    return reading.tesseract.confidence > reading.neural.confidence - neuralOverconfidence
      ? reading.tesseract
      : reading.neural;
  });
}

/** Who read nearly all characters of the sure lines. */
function dominantReader(readings: readonly LineReading[]): LineReading['sure'] {
  const charactersOf = (reader: 'neural' | 'tesseract'): number =>
    readings.reduce((sum, reading) => sum + (reading.sure === reader ? textOf(reading[reader]).length : 0), 0);
  const neural = charactersOf('neural');
  const total = neural + charactersOf('tesseract');
  if (total === 0) return undefined;
  const neuralShare = neural / total;
  return neuralShare >= minReaderShare ? 'neural' : neuralShare <= 1 - minReaderShare ? 'tesseract' : undefined;
}
