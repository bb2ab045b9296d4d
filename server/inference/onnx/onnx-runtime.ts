import '../../threads/disable-telemetry.js';
import { InferenceSession, Tensor } from 'onnxruntime-node';

export type OnnxSession = InferenceSession;

/** A tensor of floats that a model puts out. */
export interface OnnxOutput {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

/** Loads a model on the calling thread, with one intra-op thread: the pool has one thread per core. */
export function createSession(onnx: Uint8Array): Promise<OnnxSession> {
  return InferenceSession.create(onnx, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    // Input shapes differ from image to image. The arena and the memory pattern would retain the largest of them.
    enableCpuMemArena: false,
    enableMemPattern: false,
    logSeverityLevel: 3,
  });
}

/** Runs a model with one float input. @returns its outputs by name */
export async function runSession(
  session: OnnxSession,
  data: Float32Array,
  shape: readonly number[],
): Promise<Readonly<Record<string, OnnxOutput>>> {
  const [inputName = ''] = session.inputNames;
  const outputs = await session.run({ [inputName]: new Tensor('float32', data, shape) });
  return Object.fromEntries(
    Object.entries(outputs).map(([name, output]) => {
      if (!(output.data instanceof Float32Array)) throw new Error(`Output ${name} is not of type float32`);
      return [name, { data: output.data, shape: output.dims }];
    }),
  );
}
