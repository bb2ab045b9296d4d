import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { VisionError } from '../../../errors/errors.js';
import type { WorkerPool } from '../../../threads/worker-pool.js';
import type { ClassificationJobs } from '../classification-jobs.js';
import type { Classifier, ClassifierDirectory } from '../classifier.js';
import { parseLabels, parseManifest } from './manifest.js';
import { modelProblem } from './model-problem.js';
import type { OperatorModel } from './operator-input.js';

/** Names that `classification_config.model` may have, none of which is a path. */
const modelName = /^[A-Za-z0-9][\w.-]{0,255}$/;

/**
 * The operator's models: every folder inside `folder` with the files `model.onnx`, `labels.txt` and `manifest.json`, by
 * the name of the folder. The disk is read every time, so that models can be added, changed and removed at any time.
 */
export function createOperatorModels(folder: string, pool: WorkerPool<ClassificationJobs>): ClassifierDirectory {
  return {
    async find(name) {
      if (!modelName.test(name) || !(await isFolder(join(folder, name)))) return undefined;
      return operatorClassifier(name, join(folder, name), pool);
    },
    async names() {
      return listOperatorModels(folder);
    },
  };
}

/** Names of the folders that are models. */
export async function listOperatorModels(folder: string): Promise<string[]> {
  const entries = await readdir(folder).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  const isModel = await Promise.all(
    entries.map(async (name) => modelName.test(name) && (await isFolder(join(folder, name)))),
  );
  return entries.filter((_, index) => isModel[index]).toSorted();
}

function operatorClassifier(name: string, folder: string, pool: WorkerPool<ClassificationJobs>): Classifier {
  return {
    async classify(image, signal) {
      const model = await readOperatorModel(folder).catch((error: unknown) => {
        throw VisionError.of('MODEL_UNUSABLE', {
          model: name,
          problem: modelProblem(error),
        });
      });
      const answer = await pool.run('runOperatorModel', { image, model }, signal);
      if ('problem' in answer) throw VisionError.of('MODEL_UNUSABLE', { model: name, problem: answer.problem });
      return model.labels.map((label, index) => ({ name: label, probability: answer.probabilities[index] ?? 0 }));
    },
  };
}

/**
 * Reads the files of a model except the network.
 * @throws Error with a sentence on what is missing or wrong
 */
export async function readOperatorModel(folder: string): Promise<OperatorModel> {
  const path = join(folder, 'model.onnx');
  const read = (file: string): Promise<string> => readFile(join(folder, file), 'utf8').catch(missing(file));
  const { mtimeMs, size } = await stat(path).catch(missing('model.onnx'));
  return {
    path,
    revision: `${mtimeMs}-${size}`,
    manifest: parseManifest(await read('manifest.json')),
    labels: parseLabels(await read('labels.txt')),
  };
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}

function missing(file: string): (error: unknown) => never {
  return (error) => {
    throw isMissing(error) ? new Error(`${file} is missing`) : error;
  };
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
