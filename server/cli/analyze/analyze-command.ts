import { join } from 'node:path';
import {
  classification,
  createVisionClient,
  faceDetection,
  imageCopySearch,
  textDetection,
  VisionCallError,
  Feature_Type,
  type Feature,
  type VisionClientOptions,
} from '../../../client/index.js';
import { Code } from '../../../gen/google/rpc/code.js';
import { analyzeBatch } from '../../analyze/analyze-batch.js';
import { readConfig } from '../../config.js';
import { createEngine, prepareDataFolder } from '../../engine.js';
import { createLog } from '../../telemetry/log.js';
import { parseCommandLine, UsageError, type Command } from '../command.js';
import { leftOutLine, readImageFolder, type ImageFolder } from '../images/image-folder.js';
import { connectionOf, serverHelp, serverOptions } from '../options/server-options.js';
import { analyzeFiles, batchSize, type Task } from './analyze-files.js';
import { overlayTarget } from './overlay-target.js';

export const analyzeCommand: Command = {
  summary: 'Analyzes image files with a running server, or without one.',
  help: `Analyzes image files and prints what is in them: the text, unless something else is asked for.

Usage: visiond analyze FILE... [OPTIONS]

A folder stands for the JPEG and PNG images below it, in the order of their paths.

  --text CODES      Text in these languages, for example ru,en. Default *, which finds out by itself.
  --line            The whole image is one line of text.
  --faces           Where faces are.
  --classify NAMES  Asks classification models, for example moderation,objects.
  --copies          Copies of the image in the corpus that visiond index fills.
  --overlay OUT     Writes the image with what was found outlined in it, as a .png, .jpg or .jpeg. Takes one FILE.
  --local           Analyzes in this process, without a server.
  --json            Prints the answers of the API, one JSON object for every ${batchSize} files.
                    A file that cannot be read has an error at its place.
${serverHelp}

Exit code 1 if a file could not be analyzed; the others are. 2 if a call failed: what was not analyzed is told.
`,
  async run(args) {
    const { values, positionals } = parseCommandLine(args, {
      text: { type: 'string' },
      line: { type: 'boolean', default: false },
      faces: { type: 'boolean', default: false },
      classify: { type: 'string' },
      copies: { type: 'boolean', default: false },
      overlay: { type: 'string' },
      ...serverOptions,
      local: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    });
    const files = positionals.flatMap(filesOf);
    if (files.length === 0) throw new UsageError('analyze needs at least one image file.');
    if (values.overlay !== undefined && files.length > 1) throw new UsageError('--overlay takes one image file.');
    const overlay = values.overlay === undefined ? undefined : await overlayTarget(values.overlay);
    const features: Feature[] = (values.classify?.split(',') ?? []).map(classification);
    if (values.faces) features.push(faceDetection());
    if (values.copies) features.push(imageCopySearch());
    if (values.text !== undefined || values.line || features.length === 0) {
      const languageCodes = (values.text ?? '*').split(',');
      features.unshift(textDetection({ languageCodes, model: values.line ? 'line' : 'page' }));
    }
    const task = { files, folderId: values.folder, features, json: values.json, overlay };
    const failures = await (values.local
      ? withLocalEngine(task)
      : withServer(await connectionOf(values, process.env), task));
    return failures === 0 ? 0 : 1;
  },
};

/** A folder stands for the images below it. One without any stays itself, and is an error of its own. */
function filesOf(operand: string): string[] {
  const folder = imagesOf(operand);
  if (folder === undefined || folder.images.length === 0) return [operand];
  if (folder.leftOut.size > 0) process.stderr.write(`${operand}: ${leftOutLine(folder)}`);
  return folder.images.map((name) => join(operand, name));
}

/** @returns undefined where it is no folder, or one that cannot be read */
function imagesOf(path: string): ImageFolder | undefined {
  try {
    return readImageFolder(path);
  } catch {
    return undefined;
  }
}

async function withServer(connection: VisionClientOptions, task: Task): Promise<number> {
  const client = createVisionClient(connection);
  try {
    return await analyzeFiles((request) => client.batchAnalyze(request), task);
  } catch (error) {
    if (!(error instanceof VisionCallError)) throw error;
    const hint =
      error.code === Code.UNAVAILABLE
        ? ` Is a server running at ${connection.endpoint}? --local works without one.`
        : '';
    throw new UsageError(`The call failed: ${error.message}.${hint}`);
  } finally {
    client.close();
  }
}

async function withLocalEngine(task: Task): Promise<number> {
  const config = readConfig({}, process.env);
  // The other features only read in it, where it is.
  if (task.features.some(({ type }) => type === Feature_Type.IMAGE_COPY_SEARCH)) await prepareDataFolder(config);
  const engine = createEngine(config, createLog(process.stderr));
  const context = { requestId: 'local', folderId: task.folderId, signal: new AbortController().signal };
  try {
    return await analyzeFiles((request) => analyzeBatch(engine.batch, request, context), task);
  } finally {
    await engine.close();
  }
}
