import { readFile } from 'node:fs/promises';
import { lazy } from '../../../inference/lazy.js';
import { modelFiles, modelPath, readModel, type ModelFile } from '../../../inference/model-files.js';
import { loadOnnxModel } from '../../../inference/onnx/onnx-session.js';
import { CharacterLanguageModel } from '../language/language-model.js';
import { paddedPlanes, type LineSource } from '../line/crop-line.js';
import { inkedPart } from '../line/inked-part.js';
import type { RecognizedLine } from '../line/recognized-line.js';
import { BeamDecoder } from './ctc-beam.js';
import { decodeCtc, lineOf, type CtcAlphabet, type CtcCharacter } from './ctc-decode.js';

/** A network that turns a line into CTC posteriors, and how to decode them. */
export interface CtcModel {
  readonly model: ModelFile;
  /** One character per line, in the order of the classes. The file has neither class 0, the blank, nor the last, the space. */
  readonly characters: ModelFile;
  /** Height in pixels of the lines that the network was trained on. */
  readonly height: number;
  /** Width of a timestep in pixels. */
  readonly pixelsPerStep: number;
  /** Timesteps by which the peak of a character lies to the right of its middle. */
  readonly peakDelaySteps: number;
  /** A blank timestep separates two words if the posterior of the space exceeds this. */
  readonly spacePosterior: number;
  /** Empty pixels to append to the line, as in the lines that the network was trained on. */
  readonly padding: number;
  /** Decodes by beam search with this language model. Its log probabilities have `weight`, those of the network 1. */
  readonly languageModel?: { readonly file: ModelFile; readonly weight: number };
}

/** All recognizers. A better one is a file and an entry here. */
export const ctcModels = {
  letters: {
    model: modelFiles.letterRecognizer,
    characters: modelFiles.letterRecognizerCharacters,
    height: 32,
    pixelsPerStep: 4,
    // The best of 0 to 1.25 for the places of the words of 14 forms of FUNSD.
    peakDelaySteps: 0.75,
    spacePosterior: 0.2,
    padding: 0,
    languageModel: { file: modelFiles.letterModel, weight: 0.4 },
  },
  // It hardly ever emits a space, but the posterior rises between two words. On receipts and forms that were tuned on,
  // 0.03 was the best of 0.3 to 0.003: it finds nearly all of the lost spaces and invents few.
  chinese: {
    model: modelFiles.chineseRecognizer,
    characters: modelFiles.chineseRecognizerCharacters,
    height: 48,
    pixelsPerStep: 8,
    peakDelaySteps: 0,
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
  pixelsPerStep,
  peakDelaySteps,
  spacePosterior,
  padding,
  languageModel,
}: CtcModel): Promise<CtcRecognizer> {
  const network = await loadOnnxModel(model);
  const alphabet = await readAlphabet(characters);
  const beam =
    languageModel &&
    new BeamDecoder(alphabet, spacePosterior, await loadLanguageModel(languageModel.file), languageModel.weight);
  return {
    async read(line) {
      const whole = line.cropAtHeight(height);
      const { crop, left } = inkedPart(whole, pixelsPerStep);
      const width = Math.ceil(crop.width / pixelsPerStep) * pixelsPerStep + padding;
      const { data } = await network.run(paddedPlanes(crop, width), [1, 3, height, width]);
      const words = beam === undefined ? decodeCtc(data, alphabet, spacePosterior) : beam.decode(data);
      return lineOf(shifted(words, left / pixelsPerStep - peakDelaySteps), whole.width / pixelsPerStep);
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

async function loadLanguageModel(file: ModelFile): Promise<CharacterLanguageModel> {
  return new CharacterLanguageModel(await readModel(file));
}

async function readAlphabet(file: ModelFile): Promise<CtcAlphabet> {
  const list = await readFile(modelPath(file), 'utf8');
  const characters = ['', ...list.replace(/\r?\n$/, '').split(/\r?\n/), ' '];
  return { characters, space: characters.length - 1 };
}
