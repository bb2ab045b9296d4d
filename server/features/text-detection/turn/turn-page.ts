import { scriptFamilyOf } from '../language/scripts.js';
import { boxHeight, boxWidth, rotated180, type LineBox } from '../line/geometry.js';
import { textOf } from '../line/recognized-line.js';
import { neuralOverconfidence } from '../read/choose-readings.js';
import type { LineReading } from '../read/read-line.js';

/** Lines that vote on the direction of all. */
const maxVotes = 3;
/** By how much more certain the reading of a page has to be upside down for the page to be turned. Chosen by hand. */
const minDifference = 0.15;

/**
 * Turns the lines of a page that is upside down by readers who know its script. The classifier of directions and the first
 * recognizer, by which its boxes were turned, know neither Hebrew nor Armenian nor Thai.
 * @param read reads lines as the request wants
 */
export async function turnPage(
  boxes: readonly LineBox[],
  read: (boxes: readonly LineBox[]) => Promise<readonly LineReading[]>,
): Promise<readonly LineBox[]> {
  const aspectOf = (box: LineBox): number => boxWidth(box) / Math.max(1, boxHeight(box));
  const voters = boxes.toSorted((a, b) => aspectOf(b) - aspectOf(a)).slice(0, maxVotes);
  if (voters.length === 0) return boxes;
  const readings = await read([...voters, ...voters.map(rotated180)]);
  const certainty = (of: readonly LineReading[]): number => of.reduce((sum, reading) => sum + certaintyOf(reading), 0);
  const difference = certainty(readings.slice(voters.length)) - certainty(readings.slice(0, voters.length));
  return difference > minDifference * voters.length ? boxes.map(rotated180) : boxes;
}

/** Of the better reading. Tesseract's does not count in Latin and Cyrillic, in which it reads what is not there. */
function certaintyOf({ neural, tesseract }: LineReading): number {
  const family = scriptFamilyOf(textOf(tesseract));
  const isKnown = family === 'other' || family === 'han';
  return Math.max(neural.confidence - neuralOverconfidence, isKnown ? tesseract.confidence : 0);
}
