import { readFile } from 'node:fs/promises';
import { modelFiles, modelPath } from '../../inference/model-files.js';
import { loadOnnxModel } from '../../inference/onnx-session.js';
import { paddedPlanes, type LineCrop } from './crop-line.js';
import { decodeCtc, type CtcAlphabet } from './ctc-decode.js';
import { hanCharacter } from './languages.js';
import type { RecognizedLine } from './recognized-line.js';

/** Height in pixels that the network was trained on. */
export const ctcLineHeight = 48;
/** Pixels of width that one timestep stands for. */
const stepWidth = 8;
/** Pixels behind the line: the network learned from lines with some. 16 is the best of 0 to 32 on receipts that were tuned on. */
const padding = 16;

/** Which of its characters the recogniser may give. */
export type CtcCharacters = 'latin' | 'latin-and-chinese';

/** What the network says of a line. */
export interface Posteriors {
  /** The likeliest text of these characters. */
  decode(characters: CtcCharacters): RecognizedLine;
}

export interface CtcRecognizer {
  /** Runs the network over a crop that is `ctcLineHeight` pixels high. */
  run(crop: LineCrop): Promise<Posteriors>;
}

/** Loads PP-OCRv4's recogniser for Latin and Chinese. */
export async function loadCtcRecognizer(): Promise<CtcRecognizer> {
  const model = await loadOnnxModel(modelFiles.textRecognizer);
  const alphabet = await readAlphabet();
  const allowed: Record<CtcCharacters, Int32Array> = {
    latin: classesWhere(alphabet, isLatin),
    'latin-and-chinese': classesWhere(alphabet, () => true),
  };
  return {
    async run(crop) {
      const width = Math.ceil(crop.width / stepWidth) * stepWidth + padding;
      const { data } = await model.run(paddedPlanes(crop, width), [1, 3, ctcLineHeight, width]);
      return { decode: (characters) => decodeCtc(data, crop.width / stepWidth, alphabet, allowed[characters]) };
    },
  };
}

async function readAlphabet(): Promise<CtcAlphabet> {
  const list = await readFile(modelPath(modelFiles.textRecognizerCharacters), 'utf8');
  const characters = ['', ...list.replace(/\r?\n$/, '').split(/\r?\n/), ' '];
  return { characters, space: characters.length - 1 };
}

function classesWhere({ characters }: CtcAlphabet, wanted: (character: string) => boolean): Int32Array {
  const classes = [...characters.keys()].filter((index) => index > 0 && wanted(characters[index]!));
  return Int32Array.from(classes);
}

/** Latin letters, digits, and the punctuation and currency signs that go with them. */
function isLatin(character: string): boolean {
  return !hanCharacter.test(character) && /^[\u0020-\u024f\u2010-\u206f\u20a0-\u20bf\u2116\u2122]+$/.test(character);
}
