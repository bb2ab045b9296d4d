import { InferenceSession, Tensor } from 'onnxruntime-node';
import { readModel, type ModelFile } from './model-files.js';

/** A model with one float input and one float output. */
export interface OnnxModel {
  /** Runs the model. `data` has the product of `shape` floats. Blocks the thread. */
  run(data: Float32Array, shape: readonly number[]): Promise<{ data: Float32Array; shape: readonly number[] }>;
}

/** Loads a model for use on the calling thread, with one intra-op thread: the pool has a thread a core. */
export async function loadOnnxModel(file: ModelFile): Promise<OnnxModel> {
  const session = await InferenceSession.create(await readModel(file), {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    // Input shapes differ from image to image. The arena and the memory pattern would keep the largest of all for good.
    enableCpuMemArena: false,
    enableMemPattern: false,
    logSeverityLevel: 3,
  });
  const [inputName] = session.inputNames;
  const [outputName] = session.outputNames;
  if (inputName === undefined || outputName === undefined) throw new Error(`${file.path} has no input or no output`);
  return {
    async run(data, shape) {
      const outputs = await session.run({ [inputName]: new Tensor('float32', data, shape) });
      const output = outputs[outputName];
      if (!(output?.data instanceof Float32Array)) throw new Error(`${file.path} gave no float output`);
      return { data: output.data, shape: output.dims };
    },
  };
}
