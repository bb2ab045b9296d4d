import { pulledModels, type PulledModel } from '../../../inference/pulled-models.js';
import type { Reader } from './recognizer.js';
import type { TesseractDataFinder } from './tesseract-data.js';

/** The pulled recognizers, by the names of the Tesseract data in whose place they read. */
export const pulledRecognizers: ReadonlyMap<string, PulledModel> = new Map<string, PulledModel>([
  ['ell', pulledModels.greekRecognizer],
  ['kor', pulledModels.koreanRecognizer],
  ['tha', pulledModels.thaiRecognizer],
]);

/** With the calibration of the recognizer of PP-OCRv4, which is built alike: none of these was measured. */
export const pulledReader: Reader = { name: 'pulled', calibration: { scale: 0.43, offset: 0.346 } };

/** Finds pulled recognizers where they are usable, and Tesseract's data for all other languages. */
export function preferPulled(
  finder: TesseractDataFinder,
  finderOf: (model: PulledModel) => () => Promise<string | undefined>,
  recognizers: ReadonlyMap<string, PulledModel> = pulledRecognizers,
): TesseractDataFinder {
  const pulled = new Map([...recognizers].map(([name, model]) => [name, { model, find: finderOf(model) }]));
  return {
    ownFolder: finder.ownFolder,
    async find(name) {
      const recognizer = pulled.get(name);
      const path = await recognizer?.find();
      if (recognizer === undefined || path === undefined) return finder.find(name);
      return { name, path, network: recognizer.model };
    },
  };
}
