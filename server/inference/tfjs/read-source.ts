import { runInNewContext } from 'node:vm';
import type { GraphNode } from './graph-model.js';
import type { Layer } from './layers-model.js';
import type { WeightEntry } from './read-weights.js';

/** The `model.json` of TF.js: the fields that are used. */
export interface ModelJson {
  readonly modelTopology: {
    /** Of graph models only. */
    readonly node?: readonly GraphNode[];
    /** Of layers models only. */
    readonly model_config?: { readonly config: { readonly layers: readonly Layer[] } };
  };
  readonly weightsManifest: ReadonlyArray<{ readonly weights: readonly WeightEntry[] }>;
}

/** A file of a package. */
export interface SourceBytes {
  readonly path: string;
  readonly bytes: Buffer;
}

/** A TF.js model, as it is in its package. */
export interface Source {
  readonly model: ModelJson;
  /** All weights, concatenated in the order of the manifest. */
  readonly weights: Buffer;
}

/**
 * Reads a TF.js model and its weight files, in the order of the manifest. Files that end in `.js` are modules that
 * export the JSON as an object, and the weights as a base64 string, as nsfwjs does.
 */
export function readSource(modelFile: SourceBytes, weightFiles: readonly SourceBytes[]): Source {
  const model: ModelJson = isModule(modelFile)
    ? evaluateModule(modelFile)
    : JSON.parse(modelFile.bytes.toString('utf8'));
  const weights = weightFiles.map((file) => {
    return isModule(file) ? Buffer.from(String(evaluateModule(file)), 'base64') : file.bytes;
  });
  return { model, weights: Buffer.concat(weights) };
}

/** The weights in the manifest. */
export function weightEntries({ weightsManifest }: ModelJson): WeightEntry[] {
  return weightsManifest.flatMap(({ weights }) => weights);
}

function isModule({ path }: SourceBytes): boolean {
  return path.endsWith('.js');
}

/** Runs a CommonJS module that contains only data, in a context that contains only `module`. */
function evaluateModule({ path, bytes }: SourceBytes) {
  const module = { exports: {} };
  runInNewContext(bytes.toString('utf8'), { module, exports: module.exports }, { filename: path });
  return JSON.parse(JSON.stringify(module.exports));
}
