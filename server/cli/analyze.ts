import { readFile, writeFile } from 'node:fs/promises';
import {
  classification,
  createVisionClient,
  faceDetection,
  imageCopySearch,
  textDetection,
  VisionCallError,
  BatchAnalyzeResponse,
  type AnalyzeResult,
  type BatchAnalyzeRequest,
  type Feature,
  type VisionClientOptions,
} from '../../client/index.js';
import { readConfig } from '../config.js';
import { createEngine } from '../engine.js';
import { analyzeBatch } from '../analyze/analyze-batch.js';
import { binaryToJson } from '../gateway/transcode.js';
import { messageDescriptor } from '../descriptors.js';
import { createLog } from '../telemetry/log.js';
import { parseCommandLine, UsageError, type Command } from './command.js';
import { drawOverlay } from './overlay.js';
import { connectionOf, serverHelp, serverOptions } from './server-options.js';
import { summaryOf } from './summary.js';

/** Images of one request. */
const batchSize = 8;
const responseDescriptor = messageDescriptor('yandex.cloud.ai.vision.v1.BatchAnalyzeResponse');

type Analyze = (request: BatchAnalyzeRequest) => Promise<BatchAnalyzeResponse>;

export const analyzeCommand: Command = {
  summary: 'Analyses image files with a running server, or without one.',
  help: `Analyses image files and prints what is in them: the text, unless something else is asked for.

Usage: visiond analyze FILE... [OPTIONS]

  --text CODES      Text in these languages, for example ru,en. Default *, which finds out by itself.
  --line            The whole image is one line of text.
  --faces           Where faces are.
  --classify NAMES  Asks classification models, for example moderation,objects.
  --copies          Copies of the image in the corpus that visiond index fills.
  --overlay PNG     Writes the image with what was found outlined in it. Takes one FILE.
  --local           Analyses in this process, without a server.
  --json            Prints the answers of the API, one JSON object for every ${batchSize} files.
${serverHelp}

Exit code 1 if a file could not be analysed.
`,
  async run(args) {
    const { values, positionals: files } = parseCommandLine(args, {
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
    if (files.length === 0) throw new UsageError('analyze needs at least one image file.');
    if (values.overlay !== undefined && files.length > 1) throw new UsageError('--overlay takes one image file.');
    const features: Feature[] = (values.classify?.split(',') ?? []).map(classification);
    if (values.faces) features.push(faceDetection());
    if (values.copies) features.push(imageCopySearch());
    if (values.text !== undefined || values.line || features.length === 0) {
      const languageCodes = (values.text ?? '*').split(',');
      features.unshift(textDetection({ languageCodes, model: values.line ? 'line' : 'page' }));
    }
    const task = { files, folderId: values.folder, features, json: values.json, overlay: values.overlay };
    return values.local
      ? withLocalEngine(values.folder, (analyze) => analyzeFiles(analyze, task))
      : withServer(await connectionOf(values, process.env), (analyze) => analyzeFiles(analyze, task));
  },
};

interface Task {
  readonly files: readonly string[];
  readonly folderId: string;
  readonly features: readonly Feature[];
  readonly json: boolean;
  /** Where the image with outlines goes. */
  readonly overlay: string | undefined;
}

async function analyzeFiles(analyze: Analyze, { files, folderId, features, json, overlay }: Task): Promise<number> {
  let failures = 0;
  for (let first = 0; first < files.length; first += batchSize) {
    const batch = files.slice(first, first + batchSize);
    const contents = await Promise.all(batch.map(readImageFile));
    const response = await analyze({
      folderId,
      analyzeSpecs: contents.map((content) => ({
        source: { $case: 'content', value: content },
        features: [...features],
        mimeType: '',
      })),
    });
    if (json) {
      process.stdout.write(`${binaryToJson(responseDescriptor, BatchAnalyzeResponse.encode(response).finish())}\n`);
    }
    for (const [index, result] of response.results.entries()) {
      if (!json && files.length > 1) process.stdout.write(`${first + index === 0 ? '' : '\n'}== ${batch[index]}\n`);
      if (!report(batch[index] ?? '', result, json)) failures++;
    }
    const [content, [result]] = [contents[0], response.results];
    if (overlay !== undefined && content !== undefined && result !== undefined && result.error === undefined) {
      await writeFile(overlay, await drawOverlay(content, result.results));
    }
  }
  return failures === 0 ? 0 : 1;
}

/** Prints what was found in a file. Returns whether all of it could be analysed. */
function report(file: string, { error, results }: AnalyzeResult, json: boolean): boolean {
  const errors = [error, ...results.map((result) => result.error)].filter((one) => one !== undefined);
  if (json) return errors.length === 0;
  for (const { message } of errors) process.stderr.write(`${file}: ${message}\n`);
  for (const [index, result] of results.entries()) {
    if (result.error === undefined) process.stdout.write(`${index === 0 ? '' : '\n'}${summaryOf(result)}`);
  }
  return errors.length === 0;
}

async function withServer(connection: VisionClientOptions, task: (analyze: Analyze) => Promise<number>): Promise<number> {
  const client = createVisionClient(connection);
  try {
    return await task((request) => client.batchAnalyze(request));
  } catch (error) {
    if (!(error instanceof VisionCallError)) throw error;
    const hint = error.code === 14 ? ` Is a server running at ${connection.endpoint}? --local works without one.` : '';
    throw new UsageError(`The call failed: ${error.message}.${hint}`);
  } finally {
    client.close();
  }
}

async function withLocalEngine(folderId: string, task: (analyze: Analyze) => Promise<number>): Promise<number> {
  const log = createLog(process.stderr);
  const engine = createEngine(readConfig({}, process.env), log);
  const context = { requestId: 'local', folderId, signal: new AbortController().signal };
  try {
    return await task((request) => analyzeBatch(engine.analyzer, request, context));
  } finally {
    await engine.close();
  }
}

async function readImageFile(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}.`);
  }
}
