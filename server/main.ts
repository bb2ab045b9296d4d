import { mkdir } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join, resolve as resolvePath } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ServerCredentials } from '@grpc/grpc-js';
import { Feature_Type, VisionServiceService, type Feature } from '../gen/yandex/cloud/ai/vision/v1/vision_service.js';
import { Admission } from './analyze/admission.js';
import { analyzeBatch, type AnalyzeFeature, type AnalyzeSignature, type BatchAnalyzer } from './analyze/analyze-batch.js';
import type { Config } from './config.js';
import { VisionError } from './errors.js';
import { analyzeCopies, annotateCopies } from './features/image-copy-search/analyze-copies.js';
import type { CopyEngine } from './features/image-copy-search/describe-image.js';
import { readSignature } from './features/image-copy-search/signature.js';
import { analyzeText } from './features/text-detection/analyze-text.js';
import { createTesseractDataFinder, type TesseractDataFinder } from './features/text-detection/tesseract-data.js';
import { createCorpusService } from './corpus/corpus-service.js';
import { addErrorHandlers, createGateway } from './gateway/gateway.js';
import { openSqliteIndex } from './index/sqlite-index.js';
import type { InferenceJobs } from './inference-worker.js';
import { WorkerPool } from './inference/worker-pool.js';
import { repositoryRoot } from './paths.js';
import { bindMethod } from './pipeline/call.js';
import { createValidator } from './pipeline/validator.js';
import { addHealthRoutes } from './readiness/health-routes.js';
import { runSelfTest } from './readiness/self-test.js';
import type { Log } from './telemetry/log.js';
import { createGrpcServer } from './wire/grpc-server.js';
import { createPort } from './wire/port.js';

/** An analyzer with its threads, for the server and for the command line alike. */
export interface Engine {
  readonly analyzer: BatchAnalyzer;
  readonly pool: WorkerPool<InferenceJobs>;
  readonly copies: CopyEngine;
  close(): Promise<void>;
}

/** A server that listens. */
export interface RunningServer {
  readonly address: AddressInfo;
  /** Resolves when the models are loaded and the self-test passed; rejects when it failed. */
  readonly ready: Promise<void>;
  /** Lets running calls finish, for so long as the config allows, and stops. */
  close(): Promise<void>;
}

const visionPackage = 'yandex.cloud.ai.vision.v1';
const maxSpecs = 8;
/** Room for everything in a request but its images. */
const envelopeBytes = 1 << 20;

/** Where language data are looked for. */
export function dataFinder(config: Config): TesseractDataFinder {
  return createTesseractDataFinder(join(config['data-dir'], 'tessdata'));
}

/** Starts the inference threads and puts the features together. */
export function createEngine(config: Config, log: Log): Engine {
  const pool = new WorkerPool<InferenceJobs>({
    // The tests run the sources, but a thread needs compiled code.
    entry: pathToFileURL(join(repositoryRoot, 'dist/server/inference-worker.js')),
    size: config.workers,
    workerData: undefined,
    onCrash: (error) => log.error('inference thread died', { error }),
  });
  const textEngine = { pool, data: dataFinder(config) };
  const index = openSqliteIndex(resolvePath(config['data-dir'], config.index), (error) => log.error('index thread died', { error }));
  const copies = { pool, index };
  const maxCopies = config['max-copies'];
  const analyzer: BatchAnalyzer = {
    features: new Map<Feature_Type, AnalyzeFeature>([
      [
        Feature_Type.TEXT_DETECTION,
        async (image, { config: featureConfig }, signal) => {
          if (featureConfig !== undefined && featureConfig.$case !== 'textDetectionConfig') {
            throw VisionError.of('INVALID_FEATURE_CONFIG', { problem: 'TEXT_DETECTION takes text_detection_config' });
          }
          return { $case: 'textDetection', value: await analyzeText(textEngine, image, featureConfig?.value, signal) };
        },
      ],
      [
        Feature_Type.IMAGE_COPY_SEARCH,
        async (image, { config: featureConfig }, signal, { content, folderId: folder }) => {
          refuseConfig(featureConfig);
          return { $case: 'imageCopySearch', value: await analyzeCopies(copies, image, content, { folder, maxCopies }, signal) };
        },
      ],
    ]),
    readSignature: (signature) => {
      const query = readSignature(signature);
      return new Map<Feature_Type, AnalyzeSignature>([
        [
          Feature_Type.IMAGE_COPY_SEARCH,
          async ({ config: featureConfig }, signal, folder) => {
            refuseConfig(featureConfig);
            return { $case: 'imageCopySearch', value: await annotateCopies(copies, query, { folder, maxCopies }, signal) };
          },
        ],
      ]);
    },
    admission: new Admission({ maxQueue: config['max-queue'], maxPixelsInFlight: config['max-pixels-in-flight'] }),
    maxContentBytes: config['max-content-bytes'],
    maxPixels: config['max-pixels'],
    log,
  };
  return { analyzer, pool, copies, close: async () => void (await Promise.all([pool.close(), index.close()])) };
}

/** IMAGE_COPY_SEARCH has no settings. */
function refuseConfig(config: Feature['config']): void {
  if (config !== undefined) throw VisionError.of('INVALID_FEATURE_CONFIG', { problem: 'IMAGE_COPY_SEARCH takes no config' });
}

/** Puts the server together and starts it. */
export async function startServer(config: Config, log: Log): Promise<RunningServer> {
  await mkdir(config['data-dir'], { recursive: true });
  const engine = createEngine(config, log);
  const batchAnalyze = bindMethod(
    VisionServiceService.batchAnalyze,
    {
      // What is wrong with a file or a feature is answered there, so that its neighbours get their results.
      validate: createValidator(`${visionPackage}.BatchAnalyzeRequest`, [
        `${visionPackage}.AnalyzeSpec.content`,
        `${visionPackage}.Feature.classification_config`,
        `${visionPackage}.Feature.text_detection_config`,
      ]),
      handle: (request, context) => analyzeBatch(engine.analyzer, request, context),
    },
    log,
  );
  const maxRequestBytes = maxSpecs * config['max-content-bytes'] + envelopeBytes;
  const corpus = createCorpusService(
    { engine: engine.copies, admission: engine.analyzer.admission, maxContentBytes: config['max-content-bytes'], maxPixels: config['max-pixels'] },
    log,
  );
  const grpc = createGrpcServer([batchAnalyze, ...corpus.methods], maxRequestBytes, corpus.streams);
  const gatewayOptions = { maxBodyBytes: Math.ceil((maxRequestBytes * 4) / 3) + envelopeBytes, log };
  const app = createGateway([batchAnalyze], gatewayOptions);
  let ready = false;
  addHealthRoutes(app, () => ready);
  addErrorHandlers(app, gatewayOptions);
  const injector = grpc.server.createConnectionInjector(ServerCredentials.createInsecure());
  const port = createPort(app, injector);
  const address = await port.listen(config.listen).catch(async (error: unknown) => {
    await engine.close();
    throw error;
  });

  const setReady = (value: boolean): void => {
    ready = value;
    grpc.setServing(value);
  };
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    setReady(false);
    const drained = Promise.all([port.close(), new Promise((resolve) => grpc.server.tryShutdown(resolve))]);
    const late = setTimeout(() => port.destroy(), config['shutdown-seconds'] * 1000);
    await drained;
    clearTimeout(late);
    await engine.close();
  };
  return {
    address,
    ready: Promise.all([runSelfTest(engine.analyzer), engine.copies.index.ready()]).then(() => {
      if (closing === undefined) setReady(true);
    }),
    close: () => (closing ??= close()),
  };
}
