import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { readModelSource } from '../server/inference/converted-model-file.js';
import type { ConvertedModel } from '../server/inference/converted-models.js';
import type { OnnxOutput } from '../server/inference/onnx-runtime.js';
import { weightEntries } from '../server/inference/tfjs/read-source.js';
import { repositoryRoot } from '../server/paths.js';

/** A model in TensorFlow.js, with its WebAssembly backend. */
export interface TfjsModel {
  run(data: Float32Array, shape: readonly number[]): Promise<Record<string, OnnxOutput>>;
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
  tensor(data: Float32Array, shape: readonly number[]): TfTensor;
}
interface TfHandler {
  load(): Promise<unknown>;
}
interface TfGraphModel {
  execute(inputs: Record<string, TfTensor>, outputs: readonly string[]): TfTensor[];
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

const folder = join(repositoryRoot, 'bench', 'peers');

/** Loads TensorFlow.js with one thread; installs it first where it is missing. */
export async function loadTfjs(): Promise<{ load(model: ConvertedModel): Promise<TfjsModel> }> {
  if (!existsSync(join(folder, 'node_modules'))) {
    process.stderr.write('Installing TensorFlow.js, to compare with ...\n');
    execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--workspaces=false'], { cwd: folder, stdio: 'inherit' });
  }
  const require = createRequire(join(folder, 'package.json'));
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
      const weightData = Uint8Array.from(source.weights).buffer;
      const artifacts = { ...source.model, weightSpecs: weightEntries(source.model), weightData };
      const handler: TfHandler = { load: async () => artifacts };
      const names = Object.keys(model.outputs);
      const execute = await executor(model, handler, source.model.modelTopology.node !== undefined);
      return {
        async run(data, shape) {
          const input = core.tensor(data, shape);
          const tensors = execute(input);
          const outputs = await Promise.all(
            tensors.map(async (tensor, index) => [names[index], { data: await tensor.data(), shape: tensor.shape }] as const),
          );
          for (const tensor of [input, ...tensors]) tensor.dispose();
          return Object.fromEntries(outputs);
        },
      };
    },
  };

  async function executor(model: ConvertedModel, handler: TfHandler, isGraph: boolean): Promise<(input: TfTensor) => TfTensor[]> {
    if (isGraph) {
      const graph = await converter.loadGraphModel(handler);
      return (input) => graph.execute({ [model.input.node]: input }, Object.values(model.outputs));
    }
    const sequence = await layers.loadLayersModel(handler);
    return (input) => [sequence.predict(input)];
  }
}
