import type { ScriptName } from '../language/scripts.js';
import type { LineSource } from '../line/crop-line.js';
import type { RecognizedLine } from '../line/recognized-line.js';
import type { Calibration } from './calibrate.js';

/** Reads lines on the thread that loaded it. */
export interface LineRecognizer {
  read(line: LineSource): Promise<RecognizedLine>;
}

/** Names the recognizer of a reading, and says what its confidence means. Plain data, which threads can exchange. */
export interface Reader {
  readonly name: string;
  readonly calibration: Calibration;
}

/** A neural recognizer in the table of `recognizers.ts`. */
export interface NeuralRecognizer {
  readonly reader: Reader;
  /** Scripts that it reads. Tesseract reads those of no neural recognizer. */
  readonly scripts: readonly ScriptName[];
  /** Matches a character that proves its scripts: no character of another script looks like it. */
  readonly ownCharacter: RegExp;
  /** Loads it on the calling thread. Only this imports the runtime: everyone reads the table. */
  readonly load: () => Promise<LineRecognizer>;
}

/** The recognizer that reads every line first. */
export interface FirstRecognizer extends NeuralRecognizer {
  /** Lines that it reads with less confidence are in doubt: further recognizers read them too. */
  readonly doubtBelow: number;
}

/** A recognizer of lines that are in doubt, and of all lines if the request names a language of its scripts. */
export interface FurtherRecognizer extends NeuralRecognizer {
  /** If the request names no language of its scripts, its own characters count above this confidence. */
  readonly detectAbove: number;
  /** For a recognizer that also reads the scripts of the first one: when its reading replaces one in doubt. */
  readonly fallback?: Fallback;
}

export interface Fallback {
  readonly reader: Reader;
  /** Confidence above which it counts, by the script in which the first recognizer read the line. */
  readonly above: Readonly<Record<'latin' | 'cyrillic', number>>;
}

/** A recognizer of the table on a thread. */
export type Loaded<Recognizer extends NeuralRecognizer> = Recognizer & LineRecognizer;
