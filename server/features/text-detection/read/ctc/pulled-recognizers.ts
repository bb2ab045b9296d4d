import { loadPulledNetwork } from '../../../../inference/onnx/onnx-session.js';
import type { FoundModel } from '../../../../inference/pulled-models.js';
import type { LineRecognizer } from '../recognizer.js';
import { alphabetOf, createCtcRecognizer, type CtcSettings } from './ctc-recognizer.js';

/** As the recognizer of PP-OCRv4, but they were trained with spaces. */
const settings: CtcSettings = { height: 48, pixelsPerStep: 8, peakDelaySteps: 0, spacePosterior: 0.2, padding: 16 };

/**
 * Loads a recognizer of PP-OCRv5 on the calling thread.
 * @throws Error where its file is damaged, or has no characters
 */
export async function loadPulledRecognizer(found: FoundModel): Promise<LineRecognizer> {
  const network = await loadPulledNetwork(found);
  const characters = network.metadata.get('character');
  if (characters === undefined) throw new Error(`${found.path} has no list of characters`);
  const alphabet = alphabetOf(characters);
  return createCtcRecognizer(
    {
      async run(data, shape) {
        const output = await network.run(data, shape);
        const classes = output.shape.at(-1);
        if (classes === alphabet.characters.length) return output;
        throw new Error(`${found.path} has ${classes} classes for ${alphabet.characters.length} characters`);
      },
    },
    alphabet,
    settings,
  );
}
