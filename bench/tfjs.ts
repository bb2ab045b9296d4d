import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { readModelSource } from '../server/inference/converted-model-file.js';
import type { ConvertedModel } from '../server/inference/converted-models.js';
import type { NamedOutputsModel } from '../server/inference/onnx/onnx-session.js';
import { weightEntries, type Source } from '../server/inference/tfjs/read-source.js';
import { installPeers, peersFolder } from './peers.js';

/** TensorFlow.js with its WebAssembly backend. */
export interface Tfjs {
  load<Outputs extends Readonly<Record<string, string>>>(
    model: ConvertedModel & { readonly outputs: Outputs },
  ): Promise<NamedOutputsModel<keyof Outputs & string>>;
  /** Loads a graph model whole, as it was published: from an image of whole numbers 0..255 to the outputs of these names. */
  loadWhole(
    model: ConvertedModel,
    input: string,
    outputs: readonly string[],
  ): Promise<(rgb: Int32Array, shape: readonly number[]) => Promise<Float32Array[]>>;
}

// As much of TensorFlow.js as is used. It is no dependency of visiond, so its types are not there.
interface TfTensor {
  readonly shape: number[];
  data(): Promise<Float32Array>;
  dispose(): void;
}
interface TfCore {
  setBackend(name: string): Promise<boolean>;
  ready(): Promise<void>;
  tensor(data: Float32Array | Int32Array, shape: readonly number[], type: 'float32' | 'int32'): TfTensor;
}
interface TfHandler {
  load(): Promise<unknown>;
}
interface TfGraphModel {
  execute(inputs: Record<string, TfTensor>, outputs: readonly string[]): TfTensor | TfTensor[];
  executeAsync(inputs: Record<string, TfTensor>, outputs: readonly string[]): Promise<TfTensor[]>;
}
interface TfConverter {
  loadGraphModel(handler: TfHandler): Promise<TfGraphModel>;
}
interface TfLayers {
  loadLayersModel(handler: TfHandler): Promise<{ predict(input: TfTensor): TfTensor }>;
}
interface TfWasm {
  setWasmPaths(folder: string): void;
  setThreadsCount(count: number): void;
}

/** Loads TensorFlow.js with one thread; installs it first where it is missing. */
export async function loadTfjs(): Promise<Tfjs> {
  installPeers();
  const require = createRequire(join(peersFolder, 'package.json'));
  const core: TfCore = require('@tensorflow/tfjs-core');
  const wasm: TfWasm = require('@tensorflow/tfjs-backend-wasm');
  wasm.setWasmPaths(dirname(require.resolve('@tensorflow/tfjs-backend-wasm')) + sep);
  wasm.setThreadsCount(1);
  await core.setBackend('wasm');
  await core.ready();
  const converter: TfConverter = require('@tensorflow/tfjs-converter');
  const layers: TfLayers = require('@tensorflow/tfjs-layers');

  return {
    async load(model) {
      const source = await readModelSource(model);
      freeSides(source, model);
      const handler = handlerOf(source);
      const names = Object.keys(model.outputs);
      const execute = await executor(model, handler, source.model.modelTopology.node !== undefined);
      return {
        async run(data, shape) {
          const input = core.tensor(data, shape, 'float32');
          const tensors = execute(input);
          const outputs = await Promise.all(
            tensors.map(
              async (tensor, index) => [names[index], { data: await tensor.data(), shape: tensor.shape }] as const,
            ),
          );
          for (const tensor of [input, ...tensors]) tensor.dispose();
          return Object.fromEntries(outputs);
        },
      };
    },
    async loadWhole(model, inputNode, outputs) {
      const graph = await converter.loadGraphModel(handlerOf(await readModelSource(model)));
      return async (rgb, shape) => {
        const input = core.tensor(rgb, shape, 'int32');
        const tensors = await graph.executeAsync({ [inputNode]: input }, outputs);
        const data = await Promise.all(tensors.map((tensor) => tensor.data()));
        for (const tensor of [input, ...tensors]) tensor.dispose();
        return data;
      };
    },
  };

  /** Lets TensorFlow.js take inputs of any size where our conversion does: it compares with the size that is written down. */
  function freeSides({ model: { modelTopology } }: Source, { input }: ConvertedModel): void {
    const node = modelTopology.node?.find(({ name, op }) => name === input.node && op === 'Placeholder');
    if (node !== undefined) {
      Object.assign(node, {
        attr: { ...node.attr, shape: { shape: { dim: input.shape.map((size) => ({ size: String(size) })) } } },
      });
    }
  }

  function handlerOf(source: Source): TfHandler {
    const weightData = Uint8Array.from(source.weights).buffer;
    const artifacts = { ...source.model, weightSpecs: weightEntries(source.model), weightData };
    return { load: async () => artifacts };
  }

  async function executor(
    model: ConvertedModel,
    handler: TfHandler,
    isGraph: boolean,
  ): Promise<(input: TfTensor) => TfTensor[]> {
    if (isGraph) {
      const graph = await converter.loadGraphModel(handler);
      return (input) => [graph.execute({ [model.input.node]: input }, Object.values(model.outputs))].flat();
    }
    const sequence = await layers.loadLayersModel(handler);
    return (input) => [sequence.predict(input)];
  }
}
