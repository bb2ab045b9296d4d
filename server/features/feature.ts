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
import type { Readiness } from '../telemetry/readiness.js';
import type { JobHandlers, JobTable } from '../threads/jobs.js';
import type { WorkerPool } from '../threads/worker-pool.js';

/** The features of the API: its enum without the members that name none. */
export type FeatureType = Exclude<Feature_Type, Feature_Type.TYPE_UNSPECIFIED | Feature_Type.UNRECOGNIZED>;

/** What a feature found: one member of the oneof of FeatureResult. */
export type Annotation = NonNullable<FeatureResult['feature']>;
export type AnnotationName = Annotation['$case'];
type AnnotationNamed<Name extends AnnotationName> = Extract<Annotation, { readonly $case: Name }>;
type Annotations = { readonly [Each in Annotation as Each['$case']]: Each['value'] };

type FeatureConfig = NonNullable<Feature['config']>;
export type ConfigName = FeatureConfig['$case'];
type Configs = { readonly [Each in FeatureConfig as Each['$case']]: Each['value'] };

/** What every feature may work with. */
export interface FeatureDependencies<Jobs extends JobTable> {
  readonly pool: WorkerPool<Jobs>;
  readonly index: ImageIndex;
  readonly config: Config;
  readonly readiness: Readiness;
}

/** The call that an image belongs to. */
export interface FeatureCall {
  /** Folder that the call works in. */
  readonly folderId: string;
  /** Fires with a VisionError when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/** The call, and the file of the image. */
export interface ImageCall extends FeatureCall {
  readonly content: Uint8Array;
}

/** A feature with its models, its data and its threads. */
interface Analyzer<Found, Settings> {
  /** @throws VisionError for a wrong config, the signal's reason, or the error of an engine */
  readonly analyze: (image: Image, settings: Settings | undefined, call: ImageCall) => Promise<Found>;
  /**
   * For a feature that needs no more of an image than its signature.
   * @throws VisionError SIGNATURE_UNREADABLE
   */
  readonly readSignature?: (signature: string) => (settings: Settings | undefined, call: FeatureCall) => Promise<Found>;
  /** Resolves when the feature knows what state its files are in. */
  readonly ready?: () => Promise<void>;
}

/** The same for those who know neither what it finds nor what it can be set to. */
export type FeatureAnalyzer = Analyzer<Annotation, FeatureConfig>;

/** What is drawn over an image. */
export interface Overlay {
  readonly outlines: readonly Outline[];
  /** Text to write beside the image, each where it was read. */
  readonly texts: ReadonlyArray<{ readonly text: string; readonly polygon: Polygon | undefined }>;
}

export interface Outline {
  readonly polygon: Polygon | undefined;
  readonly color: readonly [red: number, green: number, blue: number];
}

/**
 * Everything that one feature is, except for what its models do. The code behind `open` and `loadJobs` is imported when
 * they are called: the command line prints results without it, and a thread runs jobs without what the main thread needs.
 */
interface FeatureDefinition<
  Type extends FeatureType,
  Name extends AnnotationName,
  Settings extends ConfigName,
  Jobs extends JobTable,
  UsedJobs extends JobTable,
> {
  readonly type: Type;
  /** The member of FeatureResult that holds what it finds. */
  readonly annotation: Name;
  /** The member of the oneof Feature.config that it takes, undefined if it takes none. */
  readonly config: Settings | undefined;
  readonly open: (
    dependencies: FeatureDependencies<UsedJobs>,
  ) => Promise<Analyzer<AnnotationNamed<Name>, Configs[Settings]>>;
  /** Loads what its jobs need, on the calling thread. */
  readonly loadJobs: () => Promise<JobHandlers<Jobs>>;
  /** Heading of its results on a terminal. */
  readonly heading: (settings: Configs[Settings] | undefined) => string;
  /** What it found, for a person to read: lines of text. */
  readonly summarize: (found: Annotations[Name]) => string;
  readonly overlay?: (found: Annotations[Name]) => Overlay;
}

/**
 * A feature as the rest of the server sees it. Threads do its `Jobs`; it uses `UsedJobs`, some of which may be those of others.
 */
export interface FeatureDoor<
  Type extends FeatureType,
  Name extends AnnotationName,
  Jobs extends JobTable,
  UsedJobs extends JobTable,
> {
  readonly type: Type;
  readonly annotation: Name;
  readonly open: (dependencies: FeatureDependencies<UsedJobs>) => Promise<FeatureAnalyzer>;
  readonly loadJobs: () => Promise<JobHandlers<Jobs>>;
  readonly heading: (feature: Feature) => string;
  /** Empty for what another feature found. */
  readonly summarize: (found: Annotation) => string;
  readonly overlay: (found: Annotation) => Overlay;
}

const nothing: Overlay = { outlines: [], texts: [] };

/** Makes the door of a feature. Configs of other features are refused there, and results of others left alone. */
export function defineFeature<
  Type extends FeatureType,
  Name extends AnnotationName,
  Settings extends ConfigName,
  Jobs extends JobTable,
  UsedJobs extends JobTable,
>(definition: FeatureDefinition<Type, Name, Settings, Jobs, UsedJobs>): FeatureDoor<Type, Name, Jobs, UsedJobs> {
  const { type, annotation, config: member, loadJobs } = definition;
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
    loadJobs,
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

/** `textDetectionConfig` as .proto files write it. */
function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
