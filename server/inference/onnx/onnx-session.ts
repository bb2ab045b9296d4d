import { readConvertedModel } from '../converted-model-file.js';
import type { ConvertedModel } from '../converted-models.js';
import { readModel, type ModelFile } from '../model-files.js';
import { readPulledModel, type FoundModel, type PulledModel } from '../pulled-models.js';
import { foldScales } from './fold-scales.js';
import { readMetadata } from './onnx-file.js';
import { createSession, runSession, type OnnxOutput } from './onnx-runtime.js';

/** A model with one float input and one float output. */
export interface OnnxModel {
  /** Runs the model, and blocks the thread. `data` has as many floats as the product of `shape`. */
  run(data: Float32Array, shape: readonly number[]): Promise<OnnxOutput>;
}

/** A model with one float input and named float outputs. */
export interface NamedOutputsModel<Output extends string> {
  /** Runs the model, and blocks the thread. `data` has as many floats as the product of `shape`. */
  run(data: Float32Array, shape: readonly number[]): Promise<Readonly<Record<Output, OnnxOutput>>>;
}

/** Loads a network that reads text on the calling thread. It runs often on an image, on inputs of bounded size. */
export async function loadOnnxModel(file: ModelFile): Promise<OnnxModel> {
  return withOneOutput(foldScales(await readModel(file)), file.path);
}

/** A network that was pulled, and what its file says of it. */
export interface PulledNetwork extends OnnxModel {
  readonly metadata: ReadonlyMap<string, string>;
}

/** Loads a pulled network that reads text on the calling thread. */
export async function loadPulledNetwork({ model, path }: FoundModel): Promise<PulledNetwork> {
  const onnx = await readPulledModel(model, path);
  return { ...(await withOneOutput(onnx, path)), metadata: readMetadata(onnx) };
}

async function withOneOutput(onnx: Uint8Array, path: string): Promise<OnnxModel> {
  const session = await createSession(onnx, 'kept');
  const [outputName] = session.outputNames;
  if (outputName === undefined) throw new Error(`${path} has no output`);
  return {
    async run(data, shape) {
      const { [outputName]: output } = await runSession(session, data, shape);
      if (output === undefined) throw new Error(`${path} returned no output`);
      return output;
    },
  };
}

/** Loads a converted model on the calling thread. It is converted first where that is necessary. */
export async function loadConvertedModel<Outputs extends Readonly<Record<string, string>>>(
  model: ConvertedModel & { readonly outputs: Outputs },
): Promise<NamedOutputsModel<keyof Outputs & string>> {
  const isOutput = (name: string): name is keyof Outputs & string => name in model.outputs;
  const names = Object.keys(model.outputs).filter(isOutput);
  return withNamedOutputs(await readConvertedModel(model), names, model.name);
}

/** Loads a pulled model on the calling thread. @param path of its file */
export async function loadPulledModel<Output extends string>(
  model: PulledModel,
  path: string,
  outputs: readonly Output[],
): Promise<NamedOutputsModel<Output>> {
  return withNamedOutputs(await readPulledModel(model, path), outputs, model.name);
}

async function withNamedOutputs<Output extends string>(
  onnx: Uint8Array,
  names: readonly Output[],
  model: string,
): Promise<NamedOutputsModel<Output>> {
  const session = await createSession(onnx);
  const hasAll = (outputs: Readonly<Record<string, OnnxOutput>>): outputs is Readonly<Record<Output, OnnxOutput>> =>
    names.every((name) => name in outputs);
  return {
    async run(data, shape) {
      const outputs = await runSession(session, data, shape);
      if (!hasAll(outputs)) throw new Error(`${model} returned only ${Object.keys(outputs).join(', ')}`);
      return outputs;
    },
  };
}
