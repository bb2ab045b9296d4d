import { mkdir, readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Feature_Type, VisionServiceService } from '../gen/yandex/cloud/ai/vision/v1/vision_service.js';
import { Admission } from './analyze/admission.js';
import { analyzeBatch, type AnalyzeFeature, type BatchAnalyzer } from './analyze/analyze-batch.js';
import { jwtCredentials, keyCredentials, openCredentials, type Credentials } from './auth/credentials.js';
import { createJwtVerifier } from './auth/jwt-verifier.js';
import { createKeyStore } from './auth/key-store.js';
import { createTokenSigner } from './auth/token-signer.js';
import type { Config } from './config.js';
import { createDiscoveryMethods } from './discovery/discovery-methods.js';
import { VisionError } from './errors.js';
import { analyzeClassification } from './features/classification/analyze-classification.js';
import { createClassifiers } from './features/classification/classifiers.js';
import { analyzeFaces } from './features/face-detection/analyze-faces.js';
import { analyzeText, createLineFinder } from './features/text-detection/analyze-text.js';
import { createTextCoverage } from './features/text-detection/text-coverage.js';
import { createTesseractDataFinder, type TesseractDataFinder } from './features/text-detection/tesseract-data.js';
import { addErrorHandlers, createGateway } from './gateway/gateway.js';
import type { InferenceJobs } from './inference-worker.js';
import { createBackbone } from './inference/backbone.js';
import { findPulledModel, pulledModels } from './inference/pulled-models.js';
import { WorkerPool } from './inference/worker-pool.js';
import { repositoryRoot } from './paths.js';
import { bindMethod, type BoundMethod } from './pipeline/call.js';
import { createValidator } from './pipeline/validator.js';
import { addHealthRoutes } from './readiness/health-routes.js';
import { runSelfTest } from './readiness/self-test.js';
import type { Log } from './telemetry/log.js';
import { createUpstream } from './upstream/upstream.js';
import { version } from './version.js';
import { createGrpcServer } from './wire/grpc-server.js';
import { createPort } from './wire/port.js';
import type { TlsFiles } from './wire/tls.js';

/** An analyzer with its threads, for the server and for the command line alike. */
export interface Engine {
  readonly analyzer: BatchAnalyzer;
  readonly pool: WorkerPool<InferenceJobs>;
  close(): Promise<void>;
}

/** A server that listens. */
export interface RunningServer {
  readonly address: AddressInfo;
  /** Resolves when the models are loaded and the self-test passed; rejects when it failed. */
  readonly ready: Promise<void>;
  /** Reads the files of TLS again. Rejects, and goes on with the old ones, where they are wrong. */
  reload(): Promise<void>;
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

/** Where pulled models lie, and those of the operator. */
export function modelsFolder(config: Config): string {
  return config['models-dir'] ?? join(config['data-dir'], 'models');
}

/** Starts the inference threads. */
export function createInferencePool(config: Config, log: Log): WorkerPool<InferenceJobs> {
  return new WorkerPool<InferenceJobs>({
    // The tests run the sources, but a thread needs compiled code.
    entry: pathToFileURL(join(repositoryRoot, 'dist/server/inference-worker.js')),
    size: config.workers,
    workerData: undefined,
    onCrash: (error) => log.error('inference thread died', { error }),
  });
}

/** Starts the inference threads and puts the features together. */
export function createEngine(config: Config, log: Log): Engine {
  const pool = createInferencePool(config, log);
  const findLines = createLineFinder(pool);
  const textEngine = { pool, findLines, data: dataFinder(config) };
  const classifiers = createClassifiers({
    pool,
    backbone: createBackbone(pool),
    textCoverage: createTextCoverage(pool, findLines),
    folder: modelsFolder(config),
  });
  const faceEngine = { pool, findYuNet: () => findPulledModel(pulledModels.yuNet, modelsFolder(config)) };
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
        Feature_Type.CLASSIFICATION,
        async (image, { config: featureConfig }, signal) => {
          if (featureConfig !== undefined && featureConfig.$case !== 'classificationConfig') {
            throw VisionError.of('INVALID_FEATURE_CONFIG', { problem: 'CLASSIFICATION takes classification_config' });
          }
          return { $case: 'classification', value: await analyzeClassification(classifiers, image, featureConfig?.value, signal) };
        },
      ],
      [
        Feature_Type.FACE_DETECTION,
        async (image, { config: featureConfig }, signal) => {
          if (featureConfig !== undefined) {
            throw VisionError.of('INVALID_FEATURE_CONFIG', { problem: 'FACE_DETECTION takes no config' });
          }
          return { $case: 'faceDetection', value: await analyzeFaces(faceEngine, image, signal) };
        },
      ],
    ]),
    admission: new Admission({ maxQueue: config['max-queue'], maxPixelsInFlight: config['max-pixels-in-flight'] }),
    maxContentBytes: config['max-content-bytes'],
    maxPixels: config['max-pixels'],
    log,
  };
  return { analyzer, pool, close: () => pool.close() };
}

/** What answers the calls: engines of this process, or another server. */
interface Backend {
  readonly methods: readonly BoundMethod[];
  /** Tells from now on whether calls are welcome. Resolves with the first time, rejects when there will be none. */
  watch(onChange: (serving: boolean) => void): Promise<void>;
  close(): Promise<void>;
}

/** Puts the server together and starts it. */
export async function startServer(config: Config, log: Log): Promise<RunningServer> {
  await mkdir(config['data-dir'], { recursive: true });
  const backend = config.upstream === undefined ? createLocalBackend(config, log) : await createForwardingBackend(config, log);
  const closeBackend = async (error: unknown): Promise<never> => {
    await backend.close();
    throw error;
  };
  const maxRequestBytes = maxSpecs * config['max-content-bytes'] + envelopeBytes;
  const grpc = createGrpcServer(backend.methods, {
    maxRequestBytes,
    maxConnectionAgeSeconds: config['max-connection-age-seconds'],
  });
  const gatewayOptions = {
    maxBodyBytes: Math.ceil((maxRequestBytes * 4) / 3) + envelopeBytes,
    compat: config['rest-compat'],
    version,
    log,
  };
  const app = createGateway(backend.methods, gatewayOptions);
  let ready = false;
  addHealthRoutes(app, () => ready);
  addErrorHandlers(app, gatewayOptions);
  const port = await createPort(app, grpc.injector, tlsFiles(config)).catch(closeBackend);
  const address = await port.listen(config.listen).catch(closeBackend);

  const setReady = (value: boolean): void => {
    ready = value;
    grpc.setServing(value);
  };
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    setReady(false);
    const drained = Promise.all([port.close(), grpc.shutdown()]);
    const late = setTimeout(() => port.destroy(), config['shutdown-seconds'] * 1000);
    await drained;
    clearTimeout(late);
    await backend.close();
  };
  return {
    address,
    ready: backend.watch((serving) => {
      if (closing === undefined) setReady(serving);
    }),
    reload: () => port.reload(),
    close: () => (closing ??= close()),
  };
}

function createLocalBackend(config: Config, log: Log): Backend {
  const credentials = createCredentials(config);
  const pipeline = { authenticate: credentials.authenticate, log };
  const engine = createEngine(config, log);
  const batchAnalyze = bindMethod(
    VisionServiceService.batchAnalyze,
    {
      folder: ({ folderId }) => folderId,
      // What is wrong with a file or a feature is answered there, so that its neighbours get their results.
      validate: createValidator(`${visionPackage}.BatchAnalyzeRequest`, [
        `${visionPackage}.AnalyzeSpec.content`,
        `${visionPackage}.Feature.classification_config`,
        `${visionPackage}.Feature.text_detection_config`,
      ]),
      handle: (request, context) => analyzeBatch(engine.analyzer, request, context),
    },
    pipeline,
  );
  return {
    methods: [batchAnalyze, ...createDiscoveryMethods(credentials, pipeline, config.advertise)],
    async watch(onChange) {
      await runSelfTest(engine.analyzer);
      onChange(true);
    },
    close: () => engine.close(),
  };
}

async function createForwardingBackend(config: Config, log: Log): Promise<Backend> {
  const ca = config['upstream-ca'];
  const upstream = createUpstream(config.upstream ?? '', ca === undefined ? undefined : await readFile(ca), log);
  return {
    methods: upstream.methods,
    watch: (onChange) =>
      new Promise((resolve) => {
        upstream.watch((serving) => {
          onChange(serving);
          if (serving) resolve();
        });
      }),
    close: async () => upstream.close(),
  };
}

function createCredentials(config: Config): Credentials {
  const folder = config['data-dir'];
  const signer = createTokenSigner(folder);
  if (config.auth === 'none') return openCredentials(signer);
  if (config.auth === 'keys') return keyCredentials(createKeyStore(folder), signer);
  const verify = createJwtVerifier({
    jwks: config.jwks ?? '',
    issuer: config['jwt-issuer'] ?? '',
    audience: config['jwt-audience'] ?? '',
    folderClaim: config['jwt-folder-claim'],
  });
  return jwtCredentials(verify, signer);
}

function tlsFiles(config: Config): TlsFiles | undefined {
  const { 'tls-cert': cert, 'tls-key': key, 'tls-client-ca': clientCa } = config;
  return cert === undefined || key === undefined ? undefined : { cert, key, clientCa };
}
