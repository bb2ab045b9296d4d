import { lazy } from '../../../inference/lazy.js';
import type { Language } from '../language/languages.js';
import { chinese } from './chinese.js';
import { latinCyrillic } from './latin-cyrillic.js';
import { pulledReader } from './pulled-data.js';
import type { FirstRecognizer, FurtherRecognizer, Loaded, NeuralRecognizer, Reader } from './recognizer.js';
import { ScriptRecognizer, type ReadScripts } from './script-recognizer.js';
import { tesseractReader } from './tesseract-recognizer.js';

/** Reads every line. Loaded with the thread. */
export const firstRecognizer = latinCyrillic;

/**
 * Read what the first one leaves in doubt, in this order, and are loaded for the first such line. A further recognizer is
 * a file such as chinese.ts and an entry here; its scripts are then no longer Tesseract's.
 */
export const furtherRecognizers: readonly FurtherRecognizer[] = [chinese];

/** Everything that a reading may come from. */
export const readers: readonly Reader[] = [
  firstRecognizer.reader,
  ...furtherRecognizers.flatMap(({ reader, fallback }) =>
    fallback === undefined ? [reader] : [reader, fallback.reader],
  ),
  pulledReader,
  tesseractReader,
];

/** Whether no neural recognizer reads a language. */
export function needsTesseract({ script }: Language): boolean {
  return ![firstRecognizer, ...furtherRecognizers].some(({ scripts }) => scripts.includes(script));
}

/** All recognizers on a thread. */
export interface Recognizers {
  readonly first: Loaded<FirstRecognizer>;
  readonly further: ReadonlyArray<Loaded<FurtherRecognizer>>;
  readonly tesseract: ReadScripts;
}

/** Loads the first recognizer on the calling thread, and the others when they are needed. */
export async function loadRecognizers(): Promise<Recognizers> {
  const first = await firstRecognizer.load();
  return {
    first: { ...firstRecognizer, read: (line) => first.read(line) },
    further: furtherRecognizers.map((recognizer) => loadedOnFirstRead(recognizer)),
    tesseract: new ScriptRecognizer(),
  };
}

/** A recognizer that loads when it first reads. If the load fails, the read rejects and the next one loads again. */
export function loadedOnFirstRead<Recognizer extends NeuralRecognizer>(recognizer: Recognizer): Loaded<Recognizer> {
  const load = lazy(recognizer.load);
  return { ...recognizer, read: async (line) => (await load()).read(line) };
}
