import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checksum } from '../../../inference/checksum.js';
import { repositoryRoot } from '../../../paths.js';
import type { Reliability } from './probabilities.js';
import type { Preparation, Regression } from './regressor.js';

/** The model that training/quality/train.ts fitted. */
export interface Coefficients {
  readonly trainedOn: string;
  readonly preparation: Preparation;
  readonly regression: Regression;
  readonly reliability: Reliability;
  /** Mean opinion scores of the training set, at evenly spaced ranks from 0 to 1. */
  readonly opinions: readonly number[];
}

/** The file of the coefficients. Its checksum is in a file beside it, in the format of `sha256sum --check`. */
export const coefficientsPath = join(repositoryRoot, 'server/features/classification/quality/coefficients.json');
export const checksumPath = coefficientsPath.replace(/json$/, 'sha256');

/**
 * Reads the coefficients.
 * @throws Error that names the file, where it is missing or does not match its checksum
 */
export function readCoefficients(): Coefficients {
  const bytes = readFileSync(coefficientsPath);
  const [expected] = readFileSync(checksumPath, 'utf8').split(' ');
  const sha256 = checksum(bytes);
  if (sha256 !== expected) throw new Error(`${coefficientsPath} has sha256 ${sha256}, expected ${expected}`);
  const coefficients: Coefficients = JSON.parse(bytes.toString());
  return coefficients;
}
