import { join } from 'node:path';
import {
  createVisionClient,
  textDetection,
  VisionCallError,
  Feature_Type,
  type VisionClientOptions,
} from '../../../client/index.js';
import { Code } from '../../../gen/google/rpc/code.js';
import {
  BatchAnalyzeResponse,
  type BatchAnalyzeRequest,
} from '../../../gen/yandex/cloud/ai/vision/v1/vision_service.js';
import { analyzeBatch } from '../../analyze/analyze-batch.js';
import { readConfig } from '../../config.js';
import { createBatchDependencies, createEngine, prepareDataFolder } from '../../engine.js';
import { features } from '../../features/features.js';
import { flag, text } from '../../settings/option.js';
import { CallRecord } from '../../telemetry/call-record.js';
import { createLog } from '../../telemetry/log.js';
import { UsageError } from '../command.js';
import { defineCommand } from '../define-command.js';
import { kindOfFile } from '../images/file-kind.js';
import { leftOutLine, readImageFolder, type ImageFolder } from '../images/image-folder.js';
import { someOperands } from '../operands.js';
import { connectionOf, connectionOptions } from '../options/connection-options.js';
import { analyzeFiles, batchSize, type Task } from './analyze-files.js';
import { overlayTarget } from './overlay-target.js';

const requests = Object.values(features).map(({ request }) => request);

export const analyzeCommand = defineCommand({
  name: 'analyze',
  summary: 'Analyzes image files, with a running server or without one.',
  about:
    'Analyzes image files and prints what is in them: the text, unless other features are requested. PDF files have ' +
    'text only. A folder means all JPEG and PNG images in it and its subfolders, sorted by path.',
  operands: someOperands('FILE'),
  moreOptions: requests.map(({ options }) => options),
  options: {
    overlay: text('OUT', 'Writes the image with the results outlined, as a .png, .jpg or .jpeg file. Takes one FILE.'),
    local: flag('Analyzes in this process, without a server.'),
    json: flag(
      `Prints the responses of the API, one JSON object for every ${batchSize} files. A file that cannot be read has an error at its position.`,
    ),
    ...connectionOptions,
  },
  notes:
    'Exit code 1 if a file could not be analyzed; the others are analyzed. 2 if a call failed; files that were not ' +
    'analyzed are listed.',
  async run(values, operands, given) {
    const requested = requests.flatMap((request) => request.features(given));
    const asked = requested.length > 0 ? requested : [textDetection()];
    // Nothing but text is found in a PDF.
    const also = asked.every(({ type }) => type === Feature_Type.TEXT_DETECTION) ? 'PDF' : undefined;
    const files = operands.flatMap((operand) => filesOf(operand, also));
    if (values.overlay !== undefined && (files.length > 1 || files.some(isPdfFile))) {
      throw new UsageError('--overlay takes one image file.');
    }
    const overlay = values.overlay === undefined ? undefined : await overlayTarget(values.overlay);
    const task = {
      files,
      folderId: values.folder,
      features: asked,
      json: values.json,
      overlay,
    };
    const failures = await (values.local
      ? withLocalEngine(task)
      : withServer(await connectionOf(values, process.env), task));
    return failures === 0 ? 0 : 1;
  },
});

/** A folder stands for the images in it. One without any stands for itself, which is an error. */
function filesOf(operand: string, also: 'PDF' | undefined): string[] {
  const folder = imagesOf(operand, also);
  if (folder === undefined || folder.images.length === 0) return [operand];
  if (folder.leftOut.size > 0) process.stderr.write(`${operand}: ${leftOutLine(folder)}`);
  return folder.images.map((name) => join(operand, name));
}

function isPdfFile(path: string): boolean {
  try {
    return kindOfFile(path) === 'PDF';
  } catch {
    // What is wrong with it is said when it is read.
    return false;
  }
}

/** @returns undefined for what is not a folder, or cannot be read */
function imagesOf(path: string, also: 'PDF' | undefined): ImageFolder | undefined {
  try {
    return readImageFolder(path, also);
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
        ? ` Is a server running at ${connection.endpoint}? --local analyzes without one.`
        : '';
    throw new UsageError(`The call failed: ${error.message}.${hint}`);
  } finally {
    client.close();
  }
}

async function withLocalEngine(task: Task): Promise<number> {
  const config = readConfig({}, process.env);
  // The other features only read from it, if it exists.
  if (task.features.some(({ type }) => type === Feature_Type.IMAGE_COPY_SEARCH)) await prepareDataFolder(config);
  const engine = createEngine(config, createLog(process.stderr));
  const batch = createBatchDependencies(engine, config, createLog(process.stderr));
  const analyze = async (request: BatchAnalyzeRequest): Promise<BatchAnalyzeResponse> => {
    const { signal } = new AbortController();
    const context = { requestId: 'local', folderId: task.folderId, record: new CallRecord(), signal };
    return BatchAnalyzeResponse.decode(await analyzeBatch(batch, request, context));
  };
  try {
    return await analyzeFiles(analyze, task);
  } finally {
    await engine.close();
  }
}
