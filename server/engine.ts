import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Feature_Type, feature_TypeToJSON, type Feature } from '../gen/yandex/cloud/ai/vision/v1/vision_service.js';
import { Admission } from './analyze/admission.js';
import type { AnalyzeFeature, AnalyzeSignature, BatchAnalyzer } from './analyze/analyze-batch.js';
import type { Config } from './config.js';
import { VisionError } from './errors/errors.js';
import { createBackbone } from './features/backbone/backbone.js';
import { analyzeClassification } from './features/classification/analyze-classification.js';
import { createClassifiers } from './features/classification/classifiers.js';
import { analyzeFaces, type FaceEngine } from './features/face-detection/analyze-faces.js';
import { analyzeCopies, annotateCopies } from './features/image-copy-search/analyze-copies.js';
import type { CopyEngine } from './features/image-copy-search/describe-image.js';
import { readSignature } from './features/image-copy-search/signature.js';
import type { InferenceJobs } from './features/inference-worker.js';
import { analyzeText, createLineFinder } from './features/text-detection/analyze-text.js';
import { createTextCoverage } from './features/text-detection/find/text-coverage.js';
import { createTesseractDataFinder, type TesseractDataFinder } from './features/text-detection/read/tesseract-data.js';
import { prepareFolder } from './files/writable-folder.js';
import { openSqliteIndex } from './image-index/sqlite-index.js';
import { isConverted, readConvertedModel } from './inference/converted-model-file.js';
import { convertedModels } from './inference/converted-models.js';
import { createPulledModelFinder, pulledModels } from './inference/pulled-models.js';
import { repositoryRoot } from './paths.js';
import type { Log } from './telemetry/log.js';
import { Readiness, type Trouble } from './telemetry/readiness.js';
import { WorkerPool } from './threads/worker-pool.js';

/** All features with their threads, for the server and for the command line alike. */
export interface Engine {
  readonly analyzer: BatchAnalyzer;
  readonly copies: CopyEngine;
  /** Resolves when the index is open and the models folder was looked at. */
  ready(): Promise<void>;
  close(): Promise<void>;
}

/** Where language data are looked for. */
export function dataFinder(config: Config): TesseractDataFinder {
  return createTesseractDataFinder(join(config['data-dir'], 'tessdata'));
}

/** Where pulled models lie, and those of the operator. */
export function modelsFolder(config: Config): string {
  return config['models-dir'] ?? join(config['data-dir'], 'models');
}

/**
 * Makes the folders in which a server with engines of its own keeps its data.
 * @throws ConfigError that names the folder, the reason and the setting
 */
export async function prepareDataFolder(config: Config): Promise<void> {
  await prepareFolder('data folder', config['data-dir'], '--data-dir DIR');
  await prepareFolder('folder of the index', dirname(resolve(config['data-dir'], config.index)), '--index sqlite:PATH');
}

/** Starts the inference threads. */
export function createInferencePool(
  config: Config,
  log: Log,
  readiness = new Readiness(log),
): WorkerPool<InferenceJobs> {
  return new WorkerPool<InferenceJobs>({
    // The tests run the sources, but a thread needs compiled code.
    entry: pathToFileURL(join(repositoryRoot, 'dist/server/features/inference-worker.js')),
    size: config.workers,
    workerData: undefined,
    onCrash: (error) => log.error('inference thread died', { error }),
    onLost: (left, cause) => readiness.report('inference', lostThreads('inference', left, config.workers, cause)),
  });
}

function lostThreads(name: string, left: number, all: number, cause: Error): Trouble {
  if (left === 0) {
    return { severity: 'down', sentence: `All ${name} threads died again and again. Restart the server.`, cause };
  }
  return {
    severity: 'degraded',
    sentence: `${all - left} of ${all} ${name} threads died again and again. The others go on.`,
    cause,
  };
}

/** Starts the inference threads and puts the features together. */
export function createEngine(config: Config, log: Log, readiness = new Readiness(log)): Engine {
  const pool = createInferencePool(config, log, readiness);
  const index = openSqliteIndex(resolve(config['data-dir'], config.index), {
    onCrash: (error) => log.error('index thread died', { error }),
    onLost: (left, cause) => readiness.report('index', lostThreads('index', left, 1, cause)),
    onAccess: (kind, failure) =>
      readiness.report(
        `index ${kind}`,
        failure && { severity: 'degraded', sentence: `${failure.error.message}.`, cause: failure.cause },
      ),
  });
  const backbone = createBackbone(pool);
  const copies = { pool, index, backbone };
  const findYuNet = createPulledModelFinder(pulledModels.yuNet, modelsFolder(config), (cause) =>
    readiness.report('yunet', cause && { severity: 'degraded', sentence: unusableYuNet, cause }),
  );
  const analyzer: BatchAnalyzer = {
    features: createFeatures(config, pool, copies, findYuNet),
    readSignature: (signature) => featuresOfSignature(config, copies, signature),
    admission: new Admission({ maxQueue: config['max-queue'], maxPixelsInFlight: config['max-pixels-in-flight'] }),
    maxContentBytes: config['max-content-bytes'],
    maxPixels: config['max-pixels'],
    log,
  };
  return {
    analyzer,
    copies,
    ready: async () => void (await Promise.all([index.ready(), findYuNet(), checkModels(readiness)])),
    close: async () => void (await Promise.all([pool.close(), index.close()])),
  };
}

/** Makes models again that are damaged, and tells of those that cannot be made: what asks them fails. */
async function checkModels(readiness: Readiness): Promise<void> {
  const problems: string[] = [];
  for (const model of Object.values(convertedModels)) {
    try {
      if (!(await isConverted(model))) await readConvertedModel(model);
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error));
    }
  }
  if (problems.length === 0) return;
  readiness.report('models', { severity: 'degraded', sentence: unusableModels, cause: problems.join('\n') });
}

const unusableModels =
  'A model of this installation is damaged or missing, so that some features fail. visiond doctor says which.';

const unusableYuNet =
  'The file of YuNet in the models folder is not the right one or cannot be read. Faces are found with the packaged models until it is pulled again.';

function createFeatures(
  config: Config,
  pool: WorkerPool<InferenceJobs>,
  copies: CopyEngine,
  findYuNet: FaceEngine['findYuNet'],
): Map<Feature_Type, AnalyzeFeature> {
  const folder = modelsFolder(config);
  const findLines = createLineFinder(pool);
  const text = { pool, findLines, data: dataFinder(config), polygons: config.polygons };
  const textCoverage = createTextCoverage(pool, findLines);
  const classifiers = createClassifiers({ pool, backbone: copies.backbone, textCoverage, folder });
  const faces = { pool, findYuNet };
  return new Map<Feature_Type, AnalyzeFeature>([
    [
      Feature_Type.TEXT_DETECTION,
      async (image, feature, signal) => {
        const { config: settings } = feature;
        if (settings !== undefined && settings.$case !== 'textDetectionConfig') {
          throw wrongConfig(feature, 'text_detection_config');
        }
        return { $case: 'textDetection', value: await analyzeText(text, image, settings?.value, signal) };
      },
    ],
    [
      Feature_Type.CLASSIFICATION,
      async (image, feature, signal) => {
        const { config: settings } = feature;
        if (settings !== undefined && settings.$case !== 'classificationConfig') {
          throw wrongConfig(feature, 'classification_config');
        }
        return {
          $case: 'classification',
          value: await analyzeClassification(classifiers, image, settings?.value, signal),
        };
      },
    ],
    [
      Feature_Type.FACE_DETECTION,
      async (image, feature, signal) => {
        if (feature.config !== undefined) throw wrongConfig(feature, 'no config');
        return { $case: 'faceDetection', value: await analyzeFaces(faces, image, signal) };
      },
    ],
    [
      Feature_Type.IMAGE_COPY_SEARCH,
      async (image, feature, signal, { content, folderId }) => {
        if (feature.config !== undefined) throw wrongConfig(feature, 'no config');
        const search = { folder: folderId, maxCopies: config['max-copies'] };
        return { $case: 'imageCopySearch', value: await analyzeCopies(copies, image, content, search, signal) };
      },
    ],
  ]);
}

/** The features that need no more of an image than its signature. Throws SIGNATURE_UNREADABLE. */
function featuresOfSignature(
  config: Config,
  copies: CopyEngine,
  signature: string,
): Map<Feature_Type, AnalyzeSignature> {
  const query = readSignature(signature);
  return new Map<Feature_Type, AnalyzeSignature>([
    [
      Feature_Type.IMAGE_COPY_SEARCH,
      async (feature, signal, folder) => {
        if (feature.config !== undefined) throw wrongConfig(feature, 'no config');
        const search = { folder, maxCopies: config['max-copies'] };
        return { $case: 'imageCopySearch', value: await annotateCopies(copies, query, search, signal) };
      },
    ],
  ]);
}

function wrongConfig({ type }: Feature, wanted: string): VisionError {
  return VisionError.of('INVALID_FEATURE_CONFIG', { problem: `${feature_TypeToJSON(type)} takes ${wanted}` });
}
