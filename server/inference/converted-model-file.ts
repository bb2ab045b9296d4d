import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { repositoryRoot } from '../paths.js';
import type { ConvertedModel, SourceFile } from './converted-models.js';
import { readModel } from './model-files.js';
import { convertGraphModel } from './tfjs/graph-model.js';
import { convertLayersModel } from './tfjs/layers-model.js';
import { readSource, weightEntries, type Source } from './tfjs/read-source.js';
import { readWeights } from './tfjs/read-weights.js';
import { verifyConversion } from './verify-conversion.js';

/** Part of the name of every converted file. Raise it when the converter writes something else than before. */
const converterVersion = 1;

/**
 * Converted models depend on nothing but the installed packages, so they lie with them: all servers of an installation
 * share them, and `npm ci` throws them away together with what they were made of.
 */
const cacheFolder = join(repositoryRoot, 'node_modules', '.cache', 'visiond-models');

/** Where the converted model lies, or will lie. */
export function convertedPath({ name, version, files, input, outputs }: ConvertedModel, folder = cacheFolder): string {
  const key = JSON.stringify([converterVersion, files.map(({ sha256 }) => sha256), input, outputs]);
  const digest = createHash('sha256').update(key).digest('hex').slice(0, 12);
  return join(folder, `${name}-${version}-${digest}.onnx`);
}

/**
 * The model as an ONNX file: from the cache, or converted, verified and put there. Threads and processes that do so at
 * the same time write the same file, each under a name of its own at first.
 * @throws Error that names the file or the operation, when the package is not the one that was measured
 */
export async function readConvertedModel(model: ConvertedModel, folder = cacheFolder): Promise<Uint8Array> {
  const path = convertedPath(model, folder);
  const cached = await readIfThere(path);
  if (cached !== undefined) return cached;
  const onnx = await convertModel(model);
  await verifyConversion(model, onnx);
  await store(path, onnx);
  return onnx;
}

/** Converts a model from the files of its package. */
export async function convertModel(model: ConvertedModel): Promise<Uint8Array> {
  const source = await readModelSource(model);
  const weights = readWeights(weightEntries(source.model), source.weights);
  const { node, model_config: config } = source.model.modelTopology;
  if (node !== undefined) return convertGraphModel(node, weights, model);
  if (config !== undefined) return convertLayersModel(config.config.layers, weights, model);
  throw new Error(`${model.name} is neither a graph model nor a layers model`);
}

/**
 * Reads the files that a model is converted from.
 * @throws Error that names the file, when it is missing or not the one that was measured
 */
export async function readModelSource({ package: name, files }: ConvertedModel): Promise<Source> {
  const read = async ({ path, sha256 }: SourceFile) => ({ path, bytes: await readModel({ package: name, path, sha256 }) });
  const [topology, ...weights] = files;
  return readSource(await read(topology), await Promise.all(weights.map(read)));
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

async function store(path: string, bytes: Uint8Array): Promise<void> {
  const unfinished = `${path}.${randomUUID()}`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(unfinished, bytes);
    await rename(unfinished, path);
  } catch (error) {
    // An installation that must not be written to, as in a container, costs a conversion a start, not the model.
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'EACCES' && code !== 'EROFS' && code !== 'EPERM') throw error;
  }
}
