import { VisionFeatureError, VisionFileError, type Problem } from './errors.js';
import {
  classResult,
  copyResult,
  faceResults,
  textResult,
  type ClassResult,
  type CopyResult,
  type FaceResult,
  type TextResult,
} from './results.js';
import type { FeatureRequest, ImageAnswer } from './transport.js';

/** How to read text. */
export interface TextOptions {
  /** ISO 639-1 codes. By default the server detects the languages. */
  readonly languages?: readonly string[];
  /** `page` (default), `line` or a document template. */
  readonly model?: string;
}

/** What to look for in an image. */
export interface Wanted {
  /** Text: `true`, or the languages that it is in, or options. */
  readonly text?: boolean | readonly string[] | TextOptions;
  /** Faces. */
  readonly faces?: boolean;
  /** Classes by a model, or by several: their names, for example `moderation`. */
  readonly classes?: string | readonly string[];
  /** Copies in the corpus of the folder. */
  readonly copies?: boolean;
}

/** The type itself, if it has no key that `Wanted` lacks. */
export type OnlyWanted<W extends Wanted> = W & { readonly [K in Exclude<keyof W, keyof Wanted>]: never };

interface Results<Classes> {
  readonly text: TextResult;
  readonly faces: readonly FaceResult[];
  readonly classes: Classes extends readonly string[]
    ? { readonly [model in Classes[number]]: ClassResult }
    : ClassResult;
  readonly copies: CopyResult;
}

/** What was asked for, and nothing else. */
export type Analysis<W extends Wanted> = {
  readonly [K in keyof W & keyof Results<unknown> as W[K] extends false | undefined ? never : K]:
    | Results<W['classes']>[K]
    | (false extends W[K] ? undefined : never)
    | (undefined extends W[K] ? undefined : never);
};

/** A feature to ask for, and how to put what it finds into the results. */
interface Step {
  readonly name: keyof Wanted;
  readonly request: FeatureRequest;
  readonly keep: (result: unknown, into: Record<string, unknown>) => void;
}

const names = ['text', 'faces', 'classes', 'copies'];
const maxFeatures = 8;

/**
 * The features to ask for, in order.
 * @throws TypeError if that is none, more than eight, or not one of those that exist
 */
export function featuresOf(wanted: Wanted): FeatureRequest[] {
  return stepsOf(wanted).map(({ request }) => request);
}

/**
 * What was asked for, from what the server says about an image.
 * @throws VisionFileError if the file failed, VisionFeatureError if a feature did
 */
export function analysisOf<const W extends Wanted>(wanted: W, answer: ImageAnswer): Analysis<W>;
export function analysisOf(wanted: Wanted, { error, features }: ImageAnswer): object {
  if (error !== undefined) throw new VisionFileError(error);
  const results: Record<string, unknown> = {};
  let failed: { name: string; problem: Problem } | undefined;
  for (const [index, { name, keep }] of stepsOf(wanted).entries()) {
    const answer = features[index];
    const problem = answer === undefined ? missing : answer.error;
    if (problem === undefined) keep(answer?.result, results);
    else failed ??= { name, problem };
  }
  if (failed !== undefined) throw new VisionFeatureError(failed.name, failed.problem, results);
  return results;
}

const missing: Problem = { code: 13, message: 'The server sent no result for this feature' };

function stepsOf(wanted: Wanted): Step[] {
  const unknown = Object.keys(wanted).find((key) => !names.includes(key));
  if (unknown !== undefined) throw new TypeError(`Unknown feature "${unknown}". Known: ${names.join(', ')}`);
  const steps = [...textSteps(wanted.text), ...faceSteps(wanted.faces), ...classSteps(wanted.classes)];
  if (wanted.copies === true) {
    steps.push({
      name: 'copies',
      request: { type: 'IMAGE_COPY_SEARCH' },
      keep: (result, into) => void (into['copies'] = copyResult(result)),
    });
  }
  if (steps.length === 0) throw new TypeError(`Nothing to look for. Ask for one or more of: ${names.join(', ')}`);
  if (steps.length > maxFeatures) {
    throw new TypeError(`${steps.length} features are asked for; an image can have ${maxFeatures}`);
  }
  return steps;
}

function textSteps(text: Wanted['text']): Step[] {
  if (text === undefined || text === false) return [];
  const { languages = ['*'], model = 'page' } = text === true ? {} : isList(text) ? { languages: text } : text;
  return [
    {
      name: 'text',
      request: { type: 'TEXT_DETECTION', textDetectionConfig: { languageCodes: languages, model } },
      keep: (result, into) => void (into['text'] = textResult(result)),
    },
  ];
}

function faceSteps(faces: Wanted['faces']): Step[] {
  if (faces !== true) return [];
  const keep: Step['keep'] = (result, into) => void (into['faces'] = faceResults(result));
  return [{ name: 'faces', request: { type: 'FACE_DETECTION' }, keep }];
}

function classSteps(classes: Wanted['classes']): Step[] {
  if (classes === undefined) return [];
  const step = (model: string, keep: Step['keep']): Step => ({
    name: 'classes',
    request: { type: 'CLASSIFICATION', classificationConfig: { model } },
    keep,
  });
  if (!isList(classes)) return [step(classes, (result, into) => void (into['classes'] = classResult(result)))];
  return classes.map((model) =>
    step(model, (result, into) => {
      into['classes'] = { ...Object(into['classes']), [model]: classResult(result) };
    }),
  );
}

function isList(value: unknown): value is readonly string[] {
  return Array.isArray(value);
}
