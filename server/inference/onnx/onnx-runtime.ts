import '../../threads/disable-telemetry.js';
import { InferenceSession, Tensor } from 'onnxruntime-node';

export type OnnxSession = InferenceSession;

/** A tensor of floats that a model puts out. */
export interface OnnxOutput {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

/**
 * Whether a session keeps the memory of its tensors for the next run, or gives it back. Memory that is given back is cleared
 * by the system page by page when it is used again: half of the time of a network that sees much at once. A session that
 * keeps it keeps what its largest input takes.
 */
export type SessionMemory = 'kept' | 'given back';

/** Loads a model on the calling thread, with one intra-op thread: the pool has one thread per core. */
export function createSession(onnx: Uint8Array, memory: SessionMemory = 'given back'): Promise<OnnxSession> {
  return InferenceSession.create(onnx, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    enableCpuMemArena: memory === 'kept',
    // One would be kept for every shape of the input.
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
