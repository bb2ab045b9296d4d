import type { Polygon } from '../../gen/yandex/cloud/ai/vision/v1/primitives.js';
import {
  feature_TypeToJSON,
  type Feature,
  type Feature_Type,
  type FeatureResult,
} from '../../gen/yandex/cloud/ai/vision/v1/vision_service.js';
import type { Config } from '../config.js';
import { VisionError } from '../errors/errors.js';
import type { ImageIndex } from '../image-index/image-index.js';
import type { Image } from '../image/image.js';
import type { LayerWord } from '../image/text-layer.js';
import { optionTable, readOptions, type Given, type OptionTable } from '../settings/given-options.js';
import type { Options } from '../settings/option.js';
import type { TroubleReporter } from '../telemetry/readiness.js';
import type { JobHandlers, JobTable } from '../threads/jobs.js';
import type { WorkerPool } from '../threads/worker-pool.js';

/** Feature types of the API, without the placeholder members of the enum. */
export type FeatureType = Exclude<Feature_Type, Feature_Type.TYPE_UNSPECIFIED | Feature_Type.UNRECOGNIZED>;

/** What a feature found: one member of the oneof of FeatureResult. */
export type Annotation = NonNullable<FeatureResult['feature']>;
export type AnnotationName = Annotation['$case'];
type AnnotationNamed<Name extends AnnotationName> = Extract<Annotation, { readonly $case: Name }>;
type Annotations = { readonly [Each in Annotation as Each['$case']]: Each['value'] };

type FeatureConfig = NonNullable<Feature['config']>;
export type ConfigName = FeatureConfig['$case'];
type Configs = { readonly [Each in FeatureConfig as Each['$case']]: Each['value'] };

/** Dependencies of every feature. */
export interface FeatureDependencies<Jobs extends JobTable> {
  readonly pool: WorkerPool<Jobs>;
  readonly index: ImageIndex;
  readonly config: Config;
  readonly readiness: TroubleReporter;
}

/** The call that an image belongs to. */
export interface FeatureCall {
  /** Folder of the call. */
  readonly folderId: string;
  /** Fires with a VisionError when the call is cancelled or its deadline expires. */
  readonly signal: AbortSignal;
}

/** The call, with the file of the image. */
export interface ImageCall extends FeatureCall {
  readonly content: Uint8Array;
  /** Words that the file itself says are in the image. They need not be. */
  readonly layer: readonly LayerWord[];
}

/** An opened feature. */
interface Analyzer<Found, Settings> {
  /** @throws VisionError for an invalid config, the signal's reason, or an error of the engine */
  readonly analyze: (image: Image, settings: Settings | undefined, call: ImageCall) => Promise<Found>;
  /** For features that can analyze an image by its signature. @throws VisionError SIGNATURE_UNREADABLE */
  readonly readSignature?: (signature: string) => (settings: Settings | undefined, call: FeatureCall) => Promise<Found>;
  /** Resolves when the feature has checked its files. */
  readonly ready?: () => Promise<void>;
}

/** The same with its types erased. */
export type FeatureAnalyzer = Analyzer<Annotation, FeatureConfig>;

/** How the command line requests a feature. */
export interface FeatureRequest {
  readonly options: OptionTable;
  /** The features to request, given the options. Empty if the command line does not request the feature. */
  readonly features: (given: Given) => Feature[];
}

/** @param features the features to request, given the values of the options */
export function requestBy<Values extends object>(
  options: Options<Values>,
  features: (values: Values) => Feature[],
): FeatureRequest {
  return { options: optionTable(options), features: (given) => features(readOptions(options, given)) };
}

/** Estimated time of a feature: milliseconds for any image, and for a megapixel. */
export interface WorkEstimate {
  readonly base: number;
  readonly perMegapixel: number;
}

/** What to draw over an image. */
export interface Overlay {
  readonly outlines: readonly Outline[];
  /** Text to write beside the image, each at the height where it was read. */
  readonly texts: ReadonlyArray<{ readonly text: string; readonly polygon: Polygon | undefined }>;
}

export interface Outline {
  readonly polygon: Polygon | undefined;
  readonly color: readonly [red: number, green: number, blue: number];
}

/**
 * The definition of a feature. `open` and `loadJobs` import their code when called: the command line prints results
 * without loading the engines, and threads run jobs without loading what only the main thread needs.
 */
interface FeatureDefinition<
  Type extends FeatureType,
  Name extends AnnotationName,
  Settings extends ConfigName,
  Jobs extends JobTable,
  UsedJobs extends JobTable,
> {
  readonly type: Type;
  /** The member of FeatureResult that holds its annotation. */
  readonly annotation: Name;
  /** The member of the Feature.config oneof that it accepts, if any. */
  readonly config: Settings | undefined;
  /** Whether it takes the pages of PDF files as well. Others take JPEG and PNG only. */
  readonly takesPdf?: true;
  /** What it takes about: time on one core. Only its proportion to other features and images matters. */
  readonly work: WorkEstimate;
  readonly open: (
    dependencies: FeatureDependencies<UsedJobs>,
  ) => Promise<Analyzer<AnnotationNamed<Name>, Configs[Settings]>>;
  /** Loads the models of its jobs, on the calling thread. */
  readonly loadJobs: () => Promise<JobHandlers<Jobs>>;
  readonly request: FeatureRequest;
  /** Heading of its results on a terminal. */
  readonly heading: (settings: Configs[Settings] | undefined) => string;
  /** The annotation as lines of text for people. */
  readonly summarize: (found: Annotations[Name]) => string;
  readonly overlay?: (found: Annotations[Name]) => Overlay;
}

/**
 * A feature as the rest of the server sees it. It defines `Jobs` for the threads and calls `UsedJobs`, which may
 * include those of other features.
 */
export interface FeatureEntry<
  Type extends FeatureType,
  Name extends AnnotationName,
  Jobs extends JobTable,
  UsedJobs extends JobTable,
> {
  readonly type: Type;
  readonly annotation: Name;
  readonly takesPdf: boolean;
  readonly work: WorkEstimate;
  readonly open: (dependencies: FeatureDependencies<UsedJobs>) => Promise<FeatureAnalyzer>;
  readonly loadJobs: () => Promise<JobHandlers<Jobs>>;
  readonly request: FeatureRequest;
  readonly heading: (feature: Feature) => string;
  /** Empty for annotations of other features. */
  readonly summarize: (found: Annotation) => string;
  readonly overlay: (found: Annotation) => Overlay;
}

const nothing: Overlay = { outlines: [], texts: [] };

/** Creates the entry of a feature, which rejects configs and ignores annotations of other features. */
export function defineFeature<
  Type extends FeatureType,
  Name extends AnnotationName,
  Settings extends ConfigName,
  Jobs extends JobTable,
  UsedJobs extends JobTable,
>(definition: FeatureDefinition<Type, Name, Settings, Jobs, UsedJobs>): FeatureEntry<Type, Name, Jobs, UsedJobs> {
  const { type, annotation, takesPdf = false, work, config: member, loadJobs, request } = definition;
  const settingsOf = (config: FeatureConfig | undefined): Configs[Settings] | undefined => {
    if (config === undefined) return undefined;
    if (member !== undefined && isConfig(config, member)) return config.value;
    throw VisionError.of('INVALID_FEATURE_CONFIG', {
      problem: `${feature_TypeToJSON(type)} takes ${member === undefined ? 'no config' : snakeCase(member)}`,
    });
  };
  return {
    type,
    annotation,
    takesPdf,
    work,
    loadJobs,
    request,
    async open(dependencies) {
      const { analyze, readSignature, ready } = await definition.open(dependencies);
      return {
        analyze: async (image, config, call) => analyze(image, settingsOf(config), call),
        ...(readSignature && {
          readSignature: (signature: string) => {
            const analyzeQuery = readSignature(signature);
            return async (config: FeatureConfig | undefined, call: FeatureCall) =>
              analyzeQuery(settingsOf(config), call);
          },
        }),
        ...(ready && { ready }),
      };
    },
    heading: ({ config }) =>
      definition.heading(
        config !== undefined && member !== undefined && isConfig(config, member) ? config.value : undefined,
      ),
    summarize: (found) => (isAnnotation(found, annotation) ? definition.summarize(found.value) : ''),
    overlay: (found) => (isAnnotation(found, annotation) && definition.overlay?.(found.value)) || nothing,
  };
}

function isConfig<Name extends ConfigName>(
  config: FeatureConfig,
  name: Name,
): config is FeatureConfig & { readonly value: Configs[Name] } {
  return config.$case === name;
}

function isAnnotation<Name extends AnnotationName>(
  found: Annotation,
  name: Name,
): found is Annotation & { readonly value: Annotations[Name] } {
  return found.$case === name;
}

/** `textDetectionConfig` to `text_detection_config`. */
function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
