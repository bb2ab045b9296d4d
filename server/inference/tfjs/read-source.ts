import { runInNewContext } from 'node:vm';
import type { GraphNode } from './graph-model.js';
import type { Layer } from './layers-model.js';
import type { WeightEntry } from './read-weights.js';

/** The `model.json` of TF.js, as far as it is read. */
export interface ModelJson {
  readonly modelTopology: {
    /** Graph models have this, */
    readonly node?: readonly GraphNode[];
    /** layers models this. */
    readonly model_config?: { readonly config: { readonly layers: readonly Layer[] } };
  };
  readonly weightsManifest: ReadonlyArray<{ readonly weights: readonly WeightEntry[] }>;
}

/** A file as it lies in its package. */
export interface SourceBytes {
  readonly path: string;
  readonly bytes: Buffer;
}

/** A TF.js model as its package holds it. */
export interface Source {
  readonly model: ModelJson;
  /** All weights, one after the other, as the manifest of the model says. */
  readonly weights: Buffer;
}

/**
 * Reads a TF.js model and its weight files, in the order of the manifest. Files that end in `.js` are modules that
 * export the JSON as an object and the weights as a base64 string, the way nsfwjs packs them.
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

/** What the manifest says of the weights. */
export function weightEntries({ weightsManifest }: ModelJson): WeightEntry[] {
  return weightsManifest.flatMap(({ weights }) => weights);
}

function isModule({ path }: SourceBytes): boolean {
  return path.endsWith('.js');
}

/** Runs a CommonJS module that holds nothing but data, in a context that has nothing but `module`. */
function evaluateModule({ path, bytes }: SourceBytes) {
  const module = { exports: {} };
  runInNewContext(bytes.toString('utf8'), { module, exports: module.exports }, { filename: path });
  return JSON.parse(JSON.stringify(module.exports));
}
