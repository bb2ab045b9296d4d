import { readFile } from 'node:fs/promises';
import { modelPath, readModel, type ModelFile } from '../../../../inference/model-files.js';
import { loadOnnxModel, type OnnxModel } from '../../../../inference/onnx/onnx-session.js';
import { CharacterLanguageModel } from '../../language/language-model.js';
import { paddedPlanes } from '../../line/crop-line.js';
import { cutAtGaps } from '../../line/cut-at-gaps.js';
import { trimToInk } from '../../line/trim-to-ink.js';
import type { LineRecognizer } from '../recognizer.js';
import { BeamDecoder } from './beam-decoder.js';
import { decodeGreedily, lineOf, type CtcAlphabet, type CtcCharacter } from './ctc-decode.js';

/** How a network was trained, and how to decode what it puts out. */
export interface CtcSettings {
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
}

/** A network that turns a line into CTC posteriors, and how to decode them. */
export interface CtcModel extends CtcSettings {
  readonly model: ModelFile;
  /** One character per line, in the order of the classes. The file has neither class 0, the blank, nor the last, the space. */
  readonly characters: ModelFile;
  /** Decodes by beam search with this language model. Its log probabilities have `weight`, those of the network 1. */
  readonly languageModel?: { readonly file: ModelFile; readonly weight: number };
}

/** Longest piece of a line that a network gets, in heights: forms are read worse with 30. */
const maxAspect = 40;

/** Loads a network and its decoder on the calling thread. */
export async function loadCtcRecognizer({
  model,
  characters,
  languageModel,
  ...settings
}: CtcModel): Promise<LineRecognizer> {
  const network = await loadOnnxModel(model);
  const alphabet = alphabetOf(await readFile(modelPath(characters), 'utf8'));
  const beamDecoder =
    languageModel &&
    new BeamDecoder(
      alphabet,
      settings.spacePosterior,
      await loadLanguageModel(languageModel.file),
      languageModel.weight,
    );
  return createCtcRecognizer(network, alphabet, settings, beamDecoder);
}

/** Reads lines by a network. @param beamDecoder decodes in place of the most likely class of each timestep */
export function createCtcRecognizer(
  network: OnnxModel,
  alphabet: CtcAlphabet,
  { height, pixelsPerStep, peakDelaySteps, spacePosterior, padding }: CtcSettings,
  beamDecoder?: BeamDecoder,
): LineRecognizer {
  return {
    async read(line) {
      const whole = line.cropAtHeight(height);
      const words: CtcCharacter[][] = [];
      for (const piece of cutAtGaps(whole, maxAspect * height)) {
        const { crop, left } = trimToInk(piece.crop, pixelsPerStep);
        const width = Math.ceil(crop.width / pixelsPerStep) * pixelsPerStep + padding;
        const { data } = await network.run(paddedPlanes(crop, width), [1, 3, height, width]);
        const decoded =
          beamDecoder === undefined ? decodeGreedily(data, alphabet, spacePosterior) : beamDecoder.decode(data);
        const [first = [], ...others] = shifted(decoded, (piece.left + left) / pixelsPerStep - peakDelaySteps);
        if (piece.isWithinWord && words.length > 0) words.at(-1)!.push(...first);
        else words.push(first);
        words.push(...others);
      }
      return lineOf(
        words.filter((word) => word.length > 0),
        whole.width / pixelsPerStep,
      );
    },
  };
}

/** The classes of a network. @param list its characters, one per line, without the blank and the space */
export function alphabetOf(list: string): CtcAlphabet {
  const characters = ['', ...list.replace(/\r?\n$/, '').split(/\r?\n/), ' '];
  return { characters, space: characters.length - 1 };
}

function shifted(words: ReadonlyArray<readonly CtcCharacter[]>, steps: number): CtcCharacter[][] {
  return words.map((word) =>
    word.map(({ text, probability, first, last }) => ({ text, probability, first: first + steps, last: last + steps })),
  );
}

async function loadLanguageModel(file: ModelFile): Promise<CharacterLanguageModel> {
  return new CharacterLanguageModel(await readModel(file));
}
