import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { AnalyzeResult, type Feature_Type } from '../gen/yandex/cloud/ai/vision/v1/vision_service.js';
import { Admission, largePixels } from './analyze/admission.js';
import { analyzeImage } from './analyze/analyze-image.js';
import type { BatchDependencies } from './analyze/batch.js';
import type { Engine, EngineStage, LocalEngine } from './analyze/engine.js';
import { measureHandler } from './analyze/measure-pdf.js';
import type { Config } from './config.js';
import { messageOf } from './errors/message-of.js';
import { backboneOf } from './features/backbone/backbone.js';
import type { FeatureDependencies } from './features/feature.js';
import { features, type InferenceJobs } from './features/features.js';
import type { CopyDependencies } from './features/image-copy-search/describe-image.js';
import { listModels } from './features/model-registry.js';
import { prepareFolder } from './files/writable-folder.js';
import type { IndexTotals } from './image-index/image-index.js';
import { openSqliteIndex } from './image-index/sqlite-index.js';
import { lazy } from './inference/lazy.js';
import { repositoryRoot } from './paths.js';
import { pdfThreads, PdfReader } from './pdf/pdf-reader.js';
import { createIndexHandlers } from './services/image-index/index-handlers.js';
import type { Log } from './telemetry/log.js';
import { Readiness, type Trouble, type TroubleReporter } from './telemetry/readiness.js';
import { WorkerPool } from './threads/worker-pool.js';

/** An engine in this process, with what benchmarks look at. */
export interface FullEngine extends LocalEngine {
  readonly copies: CopyDependencies;
}

/**
 * Creates the data folders of a server with its own engines. Without write access to what is there, it goes on reading.
 * @throws ConfigError with the folder, the reason and the setting
 */
export async function prepareDataFolder(config: Config): Promise<void> {
  await prepareFolder('data folder', config['data-dir'], '--data-dir DIR', 'read');
  const indexFolder = dirname(resolve(config['data-dir'], config.index));
  await prepareFolder('index folder', indexFolder, '--index sqlite:PATH', 'read');
}

/** Called for a job that a thread does not come back from, with the time that it has been running. */
type OnStuck = (job: string, seconds: number) => void;

/** After its time is up, a job ends at its next checkpoint: as long as the longest native call may take. */
const stuckGraceSeconds = 5;
const totalsEveryMs = 5000;

/** Starts the inference threads. */
export function createInferencePool(
  config: Config,
  log: Log,
  troubles: TroubleReporter = new Readiness(log),
  onStuck: OnStuck = () => {},
): WorkerPool<InferenceJobs> {
  return new WorkerPool<InferenceJobs>({
    name: 'inference',
    // Tests run the TypeScript sources, but threads need compiled code.
    entry: pathToFileURL(join(repositoryRoot, 'dist/server/features/inference-worker.js')),
    size: config.workers,
    workerData: undefined,
    isLarge: isOfLargeImage,
    stuckAfterSeconds: config['job-seconds'] + stuckGraceSeconds,
    onStuck(job, seconds) {
      log.error('job does not come back', { job, seconds });
      onStuck(job, seconds);
    },
    onCrash: (error) => log.error('inference thread crashed', { error }),
    onLost: (left, cause) => troubles.report('inference', lostThreads('inference', left, config.workers, cause)),
  });
}

/** Whether the input of a job has a large image, whole or in part. */
function isOfLargeImage(input: unknown): boolean {
  if (typeof input !== 'object' || input === null || !('image' in input)) return false;
  const { image } = input;
  if (typeof image !== 'object' || image === null || !('width' in image && 'height' in image)) return false;
  return Number(image.width) * Number(image.height) > largePixels;
}

function lostThreads(name: string, left: number, all: number, cause: Error): Trouble {
  if (left === 0) {
    return { severity: 'down', sentence: `All ${name} threads keep crashing. Restart the server.`, cause };
  }
  return {
    severity: 'degraded',
    sentence: `${all - left} of ${all} ${name} threads keep crashing. The others are running.`,
    cause,
  };
}

function createPdfReader(config: Config, log: Log, troubles: TroubleReporter): PdfReader {
  return new PdfReader({
    limits: { dpi: config['pdf-dpi'], maxPixels: config['max-pixels'], maxPages: config['max-pdf-pages'] },
    seconds: config['job-seconds'],
    withLayer: config['pdf-text'] === 'auto',
    onCrash: (error) => log.error('PDF thread crashed', { error }),
    onLost: (left, cause) => troubles.report('pdf', lostThreads('PDF', left, pdfThreads, cause)),
  });
}

/** Starts the inference threads and assembles the features and the image index. */
export function createEngine(
  config: Config,
  log: Log,
  troubles: TroubleReporter = new Readiness(log),
  onStuck?: OnStuck,
): FullEngine {
  const pool = createInferencePool(config, log, troubles, onStuck);
  const index = openSqliteIndex(resolve(config['data-dir'], config.index), {
    onCrash: (error) => log.error('index thread crashed', { error }),
    onLost: (left, cause) => troubles.report('index', lostThreads('index', left, 1, cause)),
    onAccess: (kind, failure) =>
      troubles.report(
        `index ${kind}`,
        failure && { severity: 'degraded', sentence: `${failure.error.message}.`, cause: failure.cause },
      ),
  });
  const pdf = createPdfReader(config, log, troubles);
  const dependencies: FeatureDependencies<InferenceJobs> = { pool, index, config, readiness: troubles };
  const opened = Object.values(features).map(({ type, open }) => [type, lazy(() => open(dependencies))] as const);
  const analysis = {
    features: new Map(opened),
    pdf,
    maxPixels: config['max-pixels'],
    jobSeconds: config['job-seconds'],
    log,
  };
  const copies = { pool, index, backbone: backboneOf(pool) };
  const indexHandlers = createIndexHandlers({
    copies,
    maxPixels: config['max-pixels'],
    jobSeconds: config['job-seconds'],
  });
  const handlers = new Map([...indexHandlers, measureHandler(pdf)]);
  let models = { ready: 0, unusable: 0 };
  let totals: IndexTotals = { images: 0, memoryBytes: 0 };
  let polling: NodeJS.Timeout | undefined;
  const { signal: never } = new AbortController();
  // A failure is reported by whatever needs the index.
  const readTotals = (): void =>
    void index.totals(never).then(
      (read) => (totals = read),
      () => {},
    );
  return {
    copies,
    async analyze(spec, call, page) {
      const stages: EngineStage[] = [];
      const result = await analyzeImage(analysis, spec, call, stages, page);
      return { response: AnalyzeResult.encode(result).finish(), stages };
    },
    async call(method, request, call) {
      const handle = handlers.get(method);
      if (handle === undefined) throw new Error(`The engine has no method ${method}`);
      return handle(request, call);
    },
    async ready() {
      const analyzers = opened.map(async ([, open]) => (await open()).ready?.());
      const repairs = repairModels(config, troubles).then((counts) => (models = counts));
      await Promise.all([...analyzers, repairs]);
      readTotals();
      polling = setInterval(readTotals, totalsEveryMs).unref();
    },
    status() {
      const { busy, idle, stopped } = pool.status();
      return {
        residentBytes: process.memoryUsage.rss(),
        busyThreads: busy,
        idleThreads: idle,
        stoppedThreads: stopped,
        readyModels: models.ready,
        unusableModels: models.unusable,
        indexImages: totals.images,
        indexMemoryBytes: totals.memoryBytes,
      };
    },
    async close() {
      clearInterval(polling);
      await Promise.all([pool.close(), index.close(), pdf.close()]);
    },
  };
}

/** What analyzes the images of requests with an engine. */
export function createBatchDependencies(
  engine: Engine,
  config: Config,
  log: Log,
  onDropped?: (reason: unknown) => void,
): BatchDependencies {
  return {
    engine,
    admission: new Admission({
      maxQueue: config['max-queue'],
      maxPixelsInFlight: config['max-pixels-in-flight'],
      workers: config.workers,
      maxWaitSeconds: config['max-wait'],
      ...(onDropped && { onDropped }),
    }),
    maxContentBytes: config['max-content-bytes'],
    maxPixels: config['max-pixels'],
    estimate: ({ type }, pixels) => estimates.get(type)?.(pixels) ?? 0,
    imagesOnly: new Set(Object.values(features).flatMap(({ type, takesPdf }) => (takesPdf ? [] : [type]))),
    log,
  };
}

/** Estimated time of each feature for an image of so many pixels: milliseconds on one core. */
export const estimates: ReadonlyMap<Feature_Type, (pixels: number) => number> = new Map(
  Object.values(features).map(({ type, work }) => [
    type,
    (pixels: number) => work.base + (work.perMegapixel * pixels) / 1e6,
  ]),
);

const unusableModels =
  'A model of this installation is damaged or missing, so some features fail. Run `visiond doctor` for details.';

/** Repairs damaged models and reports those that cannot be repaired. @returns how many can be used, and how many not */
async function repairModels(
  config: Config,
  troubles: TroubleReporter,
): Promise<{ readonly ready: number; readonly unusable: number }> {
  const models = await listModels(config);
  const problems: string[] = [];
  for (const { repair } of models) {
    try {
      await repair?.();
    } catch (error) {
      problems.push(messageOf(error));
    }
  }
  if (problems.length > 0) {
    troubles.report('models', { severity: 'degraded', sentence: unusableModels, cause: problems.join('\n') });
  }
  return { ready: models.length - problems.length, unusable: problems.length };
}
