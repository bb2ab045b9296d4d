import { readFile } from 'node:fs/promises';
import {
  createVisionClient,
  textDetection,
  VisionCallError,
  BatchAnalyzeResponse,
  type BatchAnalyzeRequest,
} from '../../client/index.js';
import { readConfig } from '../config.js';
import { createEngine } from '../main.js';
import { analyzeBatch } from '../analyze/analyze-batch.js';
import { binaryToJson } from '../gateway/transcode.js';
import { messageDescriptor } from '../descriptors.js';
import { createLog } from '../telemetry/log.js';
import { parseCommandLine, UsageError, type Command } from './command.js';
import { plainText } from './plain-text.js';

/** Images of one request. */
const batchSize = 8;
const responseDescriptor = messageDescriptor('yandex.cloud.ai.vision.v1.BatchAnalyzeResponse');

type Analyze = (request: BatchAnalyzeRequest) => Promise<BatchAnalyzeResponse>;

export const analyzeCommand: Command = {
  summary: 'Analyses image files with a running server, or without one.',
  help: `Analyses image files and prints the text that is in them.

Usage: visiond analyze FILE... [OPTIONS]

  --text CODES      Languages of the text, for example ru,en. Default *, which finds out by itself.
  --line            The whole image is one line of text.
  --endpoint H:P    The server to ask. Default 127.0.0.1:8080.
  --local           Analyses in this process, without a server.
  --json            Prints the answers of the API, one JSON object for every ${batchSize} files.

Exit code 1 if a file could not be analysed.
`,
  async run(args) {
    const { values, positionals: files } = parseCommandLine(args, {
      text: { type: 'string', default: '*' },
      line: { type: 'boolean', default: false },
      endpoint: { type: 'string', default: '127.0.0.1:8080' },
      local: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    });
    if (files.length === 0) throw new UsageError('analyze needs at least one image file.');
    const feature = textDetection({ languageCodes: values.text.split(','), model: values.line ? 'line' : 'page' });
    return values.local
      ? withLocalEngine((analyze) => analyzeFiles(analyze, files, feature, values.json))
      : withServer(values.endpoint, (analyze) => analyzeFiles(analyze, files, feature, values.json));
  },
};

async function analyzeFiles(
  analyze: Analyze,
  files: readonly string[],
  feature: ReturnType<typeof textDetection>,
  json: boolean,
): Promise<number> {
  let failures = 0;
  for (let first = 0; first < files.length; first += batchSize) {
    const batch = files.slice(first, first + batchSize);
    const contents = await Promise.all(batch.map(readImageFile));
    const response = await analyze({
      folderId: '',
      analyzeSpecs: contents.map((content) => ({
        source: { $case: 'content', value: content },
        features: [feature],
        mimeType: '',
      })),
    });
    if (json) {
      process.stdout.write(`${binaryToJson(responseDescriptor, BatchAnalyzeResponse.encode(response).finish())}\n`);
    }
    for (const [index, result] of response.results.entries()) {
      const error = result.error ?? result.results[0]?.error;
      if (error !== undefined) failures++;
      if (json) continue;
      if (files.length > 1) process.stdout.write(`${first + index === 0 ? '' : '\n'}== ${batch[index]}\n`);
      if (error !== undefined) process.stderr.write(`${batch[index]}: ${error.message}\n`);
      else process.stdout.write(plainText(result.results[0]));
    }
  }
  return failures === 0 ? 0 : 1;
}

async function withServer(endpoint: string, task: (analyze: Analyze) => Promise<number>): Promise<number> {
  const client = createVisionClient({ endpoint, timeoutMs: 600_000 });
  try {
    return await task((request) => client.batchAnalyze(request));
  } catch (error) {
    if (!(error instanceof VisionCallError)) throw error;
    const hint = error.code === 14 ? ` Is a server running at ${endpoint}? --local works without one.` : '';
    throw new UsageError(`The call failed: ${error.message}.${hint}`);
  } finally {
    client.close();
  }
}

async function withLocalEngine(task: (analyze: Analyze) => Promise<number>): Promise<number> {
  const log = createLog((line) => process.stderr.write(line));
  const engine = createEngine(readConfig({}, process.env), log);
  const context = { requestId: 'local', signal: new AbortController().signal };
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
