import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { messageOf } from '../errors/message-of.js';
import { replaceFile } from '../files/replace-file.js';
import { repositoryRoot } from '../paths.js';
import { createLog } from '../telemetry/log.js';
import { checksum, checksumOfFile } from './checksum.js';
import type { ConvertedModel, SourceFile } from './converted-models.js';
import { readModel } from './model-files.js';
import { convertGraphModel } from './tfjs/graph-model.js';
import { convertLayersModel } from './tfjs/layers-model.js';
import { readSource, weightEntries, type Source } from './tfjs/read-source.js';
import { readWeights } from './tfjs/read-weights.js';

/** Converted models outlive the packages that they are made of, which a server does not need to run. */
const modelsFolder = join(repositoryRoot, 'dist', 'models');

/** A log of its own, since threads, scripts and the command line convert models too. */
const log = createLog(process.stderr);

const unwritable: ReadonlySet<unknown> = new Set(['EACCES', 'EDQUOT', 'ENOSPC', 'EPERM', 'EROFS']);

/** Path of the converted model, whether it exists or not. */
export function convertedPath({ name, sha256 }: ConvertedModel, folder = modelsFolder): string {
  return join(folder, `${name}-${sha256.slice(0, 12)}.onnx`);
}

/** Whether the converted model exists and is undamaged. */
export async function isConverted(model: ConvertedModel, folder = modelsFolder): Promise<boolean> {
  return (await checksumOfFile(convertedPath(model, folder)).catch(unlessMissing)) === model.sha256;
}

/**
 * Reads the model as an ONNX file. If it is missing or damaged, it is converted again. Threads and processes that do so
 * at the same time write the same file, each under a temporary name first.
 * @throws Error that names the file, where it cannot be converted
 */
export async function readConvertedModel(model: ConvertedModel, folder = modelsFolder): Promise<Uint8Array> {
  const path = convertedPath(model, folder);
  const stored = await readFile(path).catch(unlessMissing);
  if (stored !== undefined && checksum(stored) === model.sha256) return stored;
  const problem = `${path} is ${stored === undefined ? 'missing' : 'damaged'}`;
  log.info(`${problem}, converting the model`, { model: model.name });
  try {
    return await makeConvertedModel(model, folder);
  } catch (error) {
    throw new Error(`${problem} and cannot be converted: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/** Converts a model and stores it where `readConvertedModel` finds it. */
export async function makeConvertedModel(model: ConvertedModel, folder = modelsFolder): Promise<Uint8Array> {
  const onnx = await convertModel(model);
  await store(convertedPath(model, folder), onnx);
  return onnx;
}

/**
 * Converts a model from the files of its package.
 * @throws Error that names the file or the operation, where the package or the converter is another than those measured
 */
export async function convertModel(model: ConvertedModel): Promise<Uint8Array> {
  const onnx = await convertUnchecked(model);
  const actual = checksum(onnx);
  if (actual !== model.sha256) {
    throw new Error(`The converted model ${model.name} has sha256 ${actual}, expected ${model.sha256}`);
  }
  return onnx;
}

/** As `convertModel`, without checking the checksum of the result. */
export async function convertUnchecked(model: ConvertedModel): Promise<Uint8Array> {
  const source = await readModelSource(model);
  const weights = readWeights(weightEntries(source.model), source.weights);
  const { node, model_config: config } = source.model.modelTopology;
  if (node !== undefined) return convertGraphModel(node, weights, model);
  if (config !== undefined) return convertLayersModel(config.config.layers, weights, model);
  throw new Error(`${model.name} is neither a graph model nor a layers model`);
}

/**
 * Reads the files that a model is converted from.
 * @throws Error that names the file, where it is missing or its checksum differs
 */
export async function readModelSource({ package: name, files }: ConvertedModel): Promise<Source> {
  const read = async ({ path, sha256 }: SourceFile) => ({
    path,
    bytes: await readModel({ package: name, path, sha256 }),
  });
  const [topology, ...weights] = files;
  return readSource(await read(topology), await Promise.all(weights.map(read)));
}

function unlessMissing(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
  throw error;
}

async function store(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    replaceFile({ path, content: bytes });
  } catch (error) {
    // On a read-only installation, as in a container, the model is converted at every start instead.
    if (!(error instanceof Error && 'code' in error && unwritable.has(error.code))) throw error;
  }
}
