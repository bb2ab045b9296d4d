import '../../threads/disable-telemetry.js';
import { InferenceSession, Tensor } from 'onnxruntime-node';

export type OnnxSession = InferenceSession;

/** What a model gives: floats, and how they lie. */
export interface OnnxOutput {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

/** Opens a model on the calling thread, with one intra-op thread: the pool has a thread a core. */
export function createSession(onnx: Uint8Array): Promise<OnnxSession> {
  return InferenceSession.create(onnx, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    // Input shapes differ from image to image. The arena and the memory pattern would keep the largest of all for good.
    enableCpuMemArena: false,
    enableMemPattern: false,
    logSeverityLevel: 3,
  });
}

/** Runs a model that has one float input. Gives its outputs by their names. */
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
