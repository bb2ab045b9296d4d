import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Admission } from './analyze/admission.js';
import type { BatchDependencies } from './analyze/analyze-batch.js';
import type { Config } from './config.js';
import { messageOf } from './errors/message-of.js';
import { backboneOf } from './features/backbone/backbone.js';
import type { FeatureDependencies } from './features/feature.js';
import { features, type InferenceJobs } from './features/features.js';
import type { CopyDependencies } from './features/image-copy-search/describe-image.js';
import { listModels } from './features/model-registry.js';
import { prepareFolder } from './files/writable-folder.js';
import { openSqliteIndex } from './image-index/sqlite-index.js';
import { lazy } from './inference/lazy.js';
import { repositoryRoot } from './paths.js';
import type { Log } from './telemetry/log.js';
import { Readiness, type Trouble } from './telemetry/readiness.js';
import { WorkerPool } from './threads/worker-pool.js';

/** All features with their threads, for the server and the command line. */
export interface Engine {
  readonly batch: BatchDependencies;
  readonly copies: CopyDependencies;
  /** Resolves when every feature has checked its files. Problems are reported to Readiness. */
  ready(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Creates the data folders of a server with its own engines.
 * @throws ConfigError with the folder, the reason and the setting
 */
export async function prepareDataFolder(config: Config): Promise<void> {
  await prepareFolder('data folder', config['data-dir'], '--data-dir DIR');
  await prepareFolder('index folder', dirname(resolve(config['data-dir'], config.index)), '--index sqlite:PATH');
}

/** Starts the inference threads. */
export function createInferencePool(
  config: Config,
  log: Log,
  readiness = new Readiness(log),
): WorkerPool<InferenceJobs> {
  return new WorkerPool<InferenceJobs>({
    name: 'inference',
    // Tests run the TypeScript sources, but threads need compiled code.
    entry: pathToFileURL(join(repositoryRoot, 'dist/server/features/inference-worker.js')),
    size: config.workers,
    workerData: undefined,
    onCrash: (error) => log.error('inference thread crashed', { error }),
    onLost: (left, cause) => readiness.report('inference', lostThreads('inference', left, config.workers, cause)),
  });
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

/** Starts the inference threads and assembles the features. */
export function createEngine(config: Config, log: Log, readiness = new Readiness(log)): Engine {
  const pool = createInferencePool(config, log, readiness);
  const index = openSqliteIndex(resolve(config['data-dir'], config.index), {
    onCrash: (error) => log.error('index thread crashed', { error }),
    onLost: (left, cause) => readiness.report('index', lostThreads('index', left, 1, cause)),
    onAccess: (kind, failure) =>
      readiness.report(
        `index ${kind}`,
        failure && { severity: 'degraded', sentence: `${failure.error.message}.`, cause: failure.cause },
      ),
  });
  const dependencies: FeatureDependencies<InferenceJobs> = { pool, index, config, readiness };
  const opened = Object.values(features).map(({ type, open }) => [type, lazy(() => open(dependencies))] as const);
  return {
    batch: {
      features: new Map(opened),
      admission: new Admission({ maxQueue: config['max-queue'], maxPixelsInFlight: config['max-pixels-in-flight'] }),
      maxContentBytes: config['max-content-bytes'],
      maxPixels: config['max-pixels'],
      log,
    },
    copies: { pool, index, backbone: backboneOf(pool) },
    async ready() {
      const analyzers = opened.map(async ([, open]) => (await open()).ready?.());
      await Promise.all([...analyzers, repairModels(config, readiness)]);
    },
    close: async () => void (await Promise.all([pool.close(), index.close()])),
  };
}

const unusableModels =
  'A model of this installation is damaged or missing, so some features fail. Run `visiond doctor` for details.';

/** Repairs damaged models and reports those that cannot be repaired. */
async function repairModels(config: Config, readiness: Readiness): Promise<void> {
  const problems: string[] = [];
  for (const { repair } of await listModels(config)) {
    try {
      await repair?.();
    } catch (error) {
      problems.push(messageOf(error));
    }
  }
  if (problems.length === 0) return;
  readiness.report('models', { severity: 'degraded', sentence: unusableModels, cause: problems.join('\n') });
}
