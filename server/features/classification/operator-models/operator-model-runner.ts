import { readFile } from 'node:fs/promises';
import type { Image } from '../../../image/image.js';
import { hasExternalData } from '../../../inference/onnx/external-data.js';
import { createSession, runSession, type OnnxSession } from '../../../inference/onnx/onnx-runtime.js';
import { modelProblem } from './model-problem.js';
import { operatorInput, operatorProbabilities, type OperatorModel } from './operator-input.js';

/** Probabilities in the order of the labels, or a sentence about what is wrong with the model. */
export type OperatorAnswer = { readonly probabilities: number[] } | { readonly problem: string };

interface Loaded {
  readonly revision: string;
  readonly session: OnnxSession;
}

/** Models that stay loaded on a thread. The least recently used one is unloaded first. */
const maxLoaded = 4;

/** Runs operators' models on the calling thread. A file that has changed is reloaded. */
export class OperatorModelRunner {
  readonly #loaded = new Map<string, Loaded>();

  /** Does not throw for a broken model: the problem is part of the answer, for the operator to read. */
  async run(image: Image, model: OperatorModel): Promise<OperatorAnswer> {
    try {
      const session = await this.#session(model);
      const { data, shape } = operatorInput(image, model.manifest);
      const outputs = await runSession(session, data, shape);
      const [output, ...others] = Object.values(outputs);
      if (output === undefined || others.length > 0) {
        throw new Error(`model.onnx has ${Object.keys(outputs).length} outputs, expected 1`);
      }
      return { probabilities: operatorProbabilities(output.data, model.manifest, model.labels.length) };
    } catch (error) {
      return { problem: modelProblem(error) };
    }
  }

  async #session({ path, revision }: OperatorModel): Promise<OnnxSession> {
    const previous = this.#loaded.get(path);
    this.#loaded.delete(path);
    const loaded = previous?.revision === revision ? previous : { revision, session: await load(path) };
    if (previous !== undefined && previous !== loaded) await previous.session.release();
    this.#loaded.set(path, loaded);
    const [oldest] = this.#loaded;
    if (oldest !== undefined && this.#loaded.size > maxLoaded) {
      this.#loaded.delete(oldest[0]);
      await oldest[1].session.release();
    }
    return loaded.session;
  }
}

async function load(path: string): Promise<OnnxSession> {
  const onnx = await readFile(path);
  if (takesOtherFiles(onnx)) throw new Error('model.onnx takes values from other files. Save the model as one file');
  return createSession(onnx);
}

function takesOtherFiles(onnx: Uint8Array): boolean {
  try {
    return hasExternalData(onnx);
  } catch (cause) {
    throw new Error('model.onnx is not an ONNX file', { cause });
  }
}
