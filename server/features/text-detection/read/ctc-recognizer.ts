import { readFile } from 'node:fs/promises';
import { lazy } from '../../../inference/lazy.js';
import { modelFiles, modelPath, readModel, type ModelFile } from '../../../inference/model-files.js';
import { loadOnnxModel } from '../../../inference/onnx/onnx-session.js';
import { LetterModel } from '../language/language-model.js';
import { paddedPlanes, type LineSource } from '../line/crop-line.js';
import { inkedPart } from '../line/inked-part.js';
import type { RecognizedLine } from '../line/recognized-line.js';
import { beamDecoder } from './ctc-beam.js';
import { decodeCtc, lineOf, type CtcAlphabet, type CtcCharacter } from './ctc-decode.js';

/** A recognizer: a network from a line to CTC posteriors, and what its classes are. */
export interface CtcModel {
  readonly model: ModelFile;
  /** One character a line; class 0 is the blank and the last one the space, neither is in the file. */
  readonly characters: ModelFile;
  /** Height of the lines that the network was trained on, in pixels. */
  readonly height: number;
  /** Pixels of width that one timestep stands for. */
  readonly stepWidth: number;
  /** Timesteps that the network marks a character behind its middle. */
  readonly lag: number;
  /** Two words part where the posterior of the space passes this in a timestep, even if another class is likelier. */
  readonly spacePosterior: number;
  /** Pixels behind the line, as much as the network learned to see there. */
  readonly padding: number;
  /** Letters in words that are likelier to follow each other are preferred, with so much weight beside the network. */
  readonly letters?: { readonly model: ModelFile; readonly weight: number };
}

/** All recognizers. A better one is a file and an entry here. */
export const ctcModels = {
  letters: {
    model: modelFiles.letterRecognizer,
    characters: modelFiles.letterRecognizerCharacters,
    height: 32,
    stepWidth: 4,
    // Of 0 to 1.25 it puts the words of 14 forms of FUNSD best.
    lag: 0.75,
    spacePosterior: 0.2,
    padding: 0,
    letters: { model: modelFiles.letterModel, weight: 0.4 },
  },
  // It hardly ever emits a space, but the posterior rises between two words. On receipts and forms that were tuned on,
  // 0.03 was the best of 0.3 to 0.003: it finds nearly all of the lost spaces and invents few.
  chinese: {
    model: modelFiles.chineseRecognizer,
    characters: modelFiles.chineseRecognizerCharacters,
    height: 48,
    stepWidth: 8,
    lag: 0,
    spacePosterior: 0.03,
    // The best of 0 to 32 on receipts that were tuned on.
    padding: 16,
  },
} satisfies Record<string, CtcModel>;

export interface CtcRecognizer {
  read(line: LineSource): Promise<RecognizedLine>;
}

/** Loads a recognizer for use on the calling thread. */
export async function loadCtcRecognizer({
  model,
  characters,
  height,
  stepWidth,
  lag,
  spacePosterior,
  padding,
  letters,
}: CtcModel): Promise<CtcRecognizer> {
  const network = await loadOnnxModel(model);
  const alphabet = await readAlphabet(characters);
  const decode =
    letters === undefined
      ? (posteriors: Float32Array) => decodeCtc(posteriors, alphabet, spacePosterior)
      : beamDecoder(alphabet, spacePosterior, new LetterModel(await readModel(letters.model)), letters.weight);
  return {
    async read(line) {
      const whole = line.cropAtHeight(height);
      const { crop, left } = inkedPart(whole, stepWidth);
      const width = Math.ceil(crop.width / stepWidth) * stepWidth + padding;
      const { data } = await network.run(paddedPlanes(crop, width), [1, 3, height, width]);
      return lineOf(shifted(decode(data), left / stepWidth - lag), whole.width / stepWidth);
    },
  };
}

function shifted(words: ReadonlyArray<readonly CtcCharacter[]>, steps: number): CtcCharacter[][] {
  return words.map((word) =>
    word.map(({ text, probability, first, last }) => ({ text, probability, first: first + steps, last: last + steps })),
  );
}

/** A recognizer that is loaded when it first has to read. */
export function lazyCtcRecognizer(model: CtcModel): CtcRecognizer {
  const loaded = lazy(() => loadCtcRecognizer(model));
  return { read: async (line) => (await loaded()).read(line) };
}

async function readAlphabet(file: ModelFile): Promise<CtcAlphabet> {
  const list = await readFile(modelPath(file), 'utf8');
  const characters = ['', ...list.replace(/\r?\n$/, '').split(/\r?\n/), ' '];
  return { characters, space: characters.length - 1 };
}
