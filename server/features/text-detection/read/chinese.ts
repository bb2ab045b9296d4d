import { modelFiles } from '../../../inference/model-files.js';
import { hanCharacter } from '../language/scripts.js';
import type { CtcModel } from './ctc/ctc-recognizer.js';
import type { FurtherRecognizer } from './recognizer.js';

/** The recognizer of PP-OCRv4. */
export const chineseModel: CtcModel = {
  model: modelFiles.chineseRecognizer,
  characters: modelFiles.chineseRecognizerCharacters,
  height: 48,
  pixelsPerStep: 8,
  peakDelaySteps: 0,
  // It hardly ever emits a space, but the posterior of one rises between two words. The best of 0.003 to 0.3 on the
  // receipts and forms for tuning: it finds nearly all lost spaces and invents few.
  spacePosterior: 0.03,
  // The best of 0 to 32 on the receipts for tuning.
  padding: 16,
};

/** Reads Chinese, and the Latin of photos, which the first recognizer has not learned from. */
export const chinese: FurtherRecognizer = {
  reader: { name: 'chinese', calibration: { scale: 0.43, offset: 0.346 } },
  scripts: ['chinese'],
  ownCharacter: hanCharacter,
  // Chosen by hand.
  detectAbove: 0.8,
  fallback: {
    reader: { name: 'chinese-fallback', calibration: { scale: 0.279, offset: -0.493 } },
    // It does not know Cyrillic. Chosen on receipts, forms and rendered lines that are not scored (docs/text-detection.md).
    above: { latin: 0.9, cyrillic: 0.97 },
  },
  load: async () => (await import('./ctc/ctc-recognizer.js')).loadCtcRecognizer(chineseModel),
};
