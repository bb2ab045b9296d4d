import { modelFiles } from '../../../inference/model-files.js';
import type { CtcModel } from './ctc/ctc-recognizer.js';
import type { FirstRecognizer } from './recognizer.js';

/** visiond's own model (recognizers/MODEL_CARD.md). */
export const latinCyrillicModel: CtcModel = {
  model: modelFiles.letterRecognizer,
  characters: modelFiles.letterRecognizerCharacters,
  height: 32,
  pixelsPerStep: 4,
  // The best of 0 to 1.25 for the places of the words of 14 forms of FUNSD.
  peakDelaySteps: 0.75,
  // This and the weight of the language model were chosen by hand.
  spacePosterior: 0.2,
  padding: 0,
  languageModel: { file: modelFiles.letterModel, weight: 0.4 },
};

/** Reads Latin and Cyrillic. */
export const latinCyrillic: FirstRecognizer = {
  reader: { name: 'latin-cyrillic', calibration: { scale: 0.619, offset: -0.773 } },
  scripts: ['latin', 'cyrillic'],
  // Letters that look like none of Greek, Armenian or Georgian.
  ownCharacter: /[sdfjqzSFQZJбджзийцчшщьыэюяБДЖЗИЙЦЧШЩЫЬЭЮЯ]/,
  // Chosen with the thresholds of chinese.ts.
  doubtBelow: 0.85,
  load: async () => (await import('./ctc/ctc-recognizer.js')).loadCtcRecognizer(latinCyrillicModel),
};
