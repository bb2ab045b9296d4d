import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { Code } from '../../gen/google/rpc/code.js';
import { decodeStage, queueStage, stageName, type RecordListener } from './call-record.js';
import { addSourceGauges, labelsOf, type MetricSources } from './metric-sources.js';
import { metricTable, secondsBuckets, type LabelOf, type MetricName } from './metric-table.js';

/*
 * How to count something:
 * - What belongs to a call is noted in its CallRecord, which tells `listenTo` at once.
 * - A figure with an owner, as the length of a queue, is registered by its owner with `observe`, and asked for at scrapes.
 * - What happens outside of calls has a method of its own, as `engineRestarted`.
 * A new metric is an entry in `metricTable` and a row in docs/monitoring.md.
 */

export interface MetricsOptions {
  readonly version: string;
  /** Whether calls, images and refusals have a label with their folder. */
  readonly byFolder: boolean;
}

export type GrpcType = 'unary' | 'client_stream' | 'server_stream' | 'bidi_stream';

/** A gRPC call that ended. */
export interface GrpcCall {
  readonly service: string;
  readonly method: string;
  readonly type: GrpcType;
  readonly code: number;
  readonly seconds: number;
  /** Empty if it has none. */
  readonly folder: string;
}

/** An HTTP request that ended. */
export interface HttpRequest {
  /** GET, POST and so on. */
  readonly method: string;
  /** Path template such as `/index/v1/images/{id}`, or `unknown`: never a path as the client sent it. */
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
  /** Empty if it has none. */
  readonly folder: string;
}

/** What the pipeline knows of a call that ended. */
export interface EndedCall {
  /** google.rpc.Code */
  readonly code: number;
  /** ErrorInfo.reason, if the call failed. */
  readonly reason: string | undefined;
  /** Folder that the caller may use, empty if there is none. */
  readonly folder: string;
}

/** Codes with which calls are refused. Other codes say something about the request. */
const refusals: ReadonlySet<number> = new Set([
  Code.UNAVAILABLE,
  Code.RESOURCE_EXHAUSTED,
  Code.UNAUTHENTICATED,
  Code.PERMISSION_DENIED,
]);

const usualMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
/** Folders with a label of their own. Without authentication, clients invent as many as they like. */
const maxFolders = 1000;

/** The metrics of one server. Several servers of a process have one each, which share those of the process. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #forAdministrators = new Registry();
  readonly #byFolder: boolean;
  readonly #folders = new Set<string>();
  #sources: MetricSources = {};
  readonly #grpcHandled = this.#counter('grpc_server_handled_total');
  readonly #grpcSeconds = this.#histogram('grpc_server_handling_seconds');
  readonly #httpRequests = this.#counter('http_server_requests_total');
  readonly #httpSeconds = this.#histogram('http_server_request_duration_seconds');
  readonly #refusals = this.#counter('visiond_refusals_total');
  readonly #images = this.#counter('visiond_images_total');
  readonly #pixels = this.#counter('visiond_pixels_total');
  readonly #queueWait = this.#histogram('visiond_queue_wait_seconds');
  readonly #queueDropped = this.#counter('visiond_queue_dropped_total');
  readonly #decodeSeconds = this.#histogram('visiond_decode_seconds');
  readonly #featureSeconds = this.#histogram('visiond_feature_seconds');
  readonly #engineRestarts = this.#counter('visiond_engine_restarts_total');

  constructor({ version, byFolder }: MetricsOptions) {
    this.#byFolder = byFolder;
    addSourceGauges({ all: this.#registry, administrators: this.#forAdministrators }, () => this.#sources);
    new Gauge({
      name: 'visiond_build_info',
      help: metricTable.visiond_build_info.help,
      labelNames: labelsOf('visiond_build_info'),
      registers: [this.#registry],
    }).set({ version }, 1);
    processRegistry();
  }

  /**
   * Registers figures with an owner, for example `metrics.observe({ queueImages: () => admission.status.waiting })`. A source
   * replaces an earlier one of the same name.
   */
  observe(sources: MetricSources): void {
    this.#sources = { ...this.#sources, ...sources };
  }

  grpcHandled({ service, method, type, code, seconds, folder }: GrpcCall): void {
    const labels = { grpc_service: service, grpc_method: method, grpc_type: type };
    this.#grpcHandled.inc({ ...labels, grpc_code: grpcCodeName(code), ...this.#folderLabel(folder) });
    this.#grpcSeconds.observe(labels, seconds);
  }

  httpHandled({ method, route, status, seconds, folder }: HttpRequest): void {
    const labels = { method: usualMethods.has(method) ? method : 'other', route };
    this.#httpRequests.inc({ ...labels, status, ...this.#folderLabel(folder) });
    this.#httpSeconds.observe(labels, seconds);
  }

  callEnded({ code, reason, folder }: EndedCall): void {
    if (refusals.has(code)) this.#refusals.inc({ reason: reason ?? 'unknown', ...this.#folderLabel(folder) });
  }

  /** Counts what a call notes while it runs. @param folderOf tells its folder, empty if it has none */
  listenTo(folderOf: () => string): RecordListener {
    return {
      onImages: (images) => this.#images.inc(this.#folderLabel(folderOf()), images),
      onPixels: (pixels) => this.#pixels.inc(pixels),
      onStage: (stage) => {
        const seconds = (stage.endMs - stage.startMs) / 1000;
        if (stage.name === queueStage) this.#queueWait.observe(seconds);
        else if (stage.name === decodeStage) this.#decodeSeconds.observe(seconds);
        else this.#featureSeconds.observe({ feature: stageName(stage) }, seconds);
      },
    };
  }

  /** Images left the queue before they were admitted. @param reason of the error of their call, as `CANCELLED` */
  queueDropped(reason: string, images = 1): void {
    this.#queueDropped.inc({ reason }, images);
  }

  /** The engine process was replaced. @param reason `crash`, `memory`, `stuck`, `silent` or `protocol` */
  engineRestarted(reason: string): void {
    this.#engineRestarts.inc({ reason });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** All metrics that a reader may see, in the text format of Prometheus. */
  async print({ isAdministrator }: { readonly isAdministrator: boolean }): Promise<string> {
    const more = isAdministrator ? [this.#forAdministrators] : [];
    const registries = [this.#registry, ...more, processRegistry()];
    return (await Promise.all(registries.map((registry) => registry.metrics()))).join('\n');
  }

  #folderLabel(folder: string): { folder?: string } {
    if (!this.#byFolder || folder === '') return {};
    if (this.#folders.size < maxFolders) this.#folders.add(folder);
    return { folder: this.#folders.has(folder) ? folder : 'other' };
  }

  #counter<Name extends MetricName>(name: Name): Counter<LabelOf<Name> | 'folder'> {
    const labelNames = [...labelsOf(name), 'folder'] as const;
    return new Counter({ name, help: metricTable[name].help, labelNames, registers: [this.#registry] });
  }

  #histogram<Name extends MetricName>(name: Name): Histogram<LabelOf<Name>> {
    const { help } = metricTable[name];
    return new Histogram({
      name,
      help,
      labelNames: labelsOf(name),
      buckets: secondsBuckets,
      registers: [this.#registry],
    });
  }
}

let ofProcess: Registry | undefined;

/** Metrics of the process. It is watched from the first use on: a command that serves nothing need not be. */
function processRegistry(): Registry {
  if (ofProcess === undefined) {
    ofProcess = new Registry();
    collectDefaultMetrics({ register: ofProcess });
  }
  return ofProcess;
}

/** A code as go-grpc-middleware writes it: `InvalidArgument`, `OK`, `Canceled`. */
function grpcCodeName(code: number): string {
  const name = Code[code] ?? 'UNKNOWN';
  if (name === 'OK') return name;
  if (name === 'CANCELLED') return 'Canceled';
  return name.replaceAll(/_?([A-Z])([A-Z]*)/g, (_, first: string, rest: string) => first + rest.toLowerCase());
}
