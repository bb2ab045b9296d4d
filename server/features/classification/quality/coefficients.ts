import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../../../paths.js';
import type { Reliability } from './probabilities.js';
import type { Preparation, Regression } from './regressor.js';

/** What training/quality/train.ts found. */
export interface Coefficients {
  readonly trainedOn: string;
  readonly preparation: Preparation;
  readonly regression: Regression;
  readonly reliability: Reliability;
  /** Mean opinion scores of the training set at ranks that are evenly spaced from 0 to 1. */
  readonly opinions: readonly number[];
}

/** The file of the coefficients. Its checksum lies beside it, in the form that `sha256sum --check` reads. */
export const coefficientsPath = join(repositoryRoot, 'server/features/classification/quality/coefficients.json');
export const checksumPath = coefficientsPath.replace(/json$/, 'sha256');

/**
 * Reads the coefficients.
 * @throws Error that names the file, when it is missing or not what was trained
 */
export function readCoefficients(): Coefficients {
  const bytes = readFileSync(coefficientsPath);
  const [expected] = readFileSync(checksumPath, 'utf8').split(' ');
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (sha256 !== expected) throw new Error(`${coefficientsPath} has sha256 ${sha256}, expected ${expected}`);
  const coefficients: Coefficients = JSON.parse(bytes.toString());
  return coefficients;
}
