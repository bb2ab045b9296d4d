import type { Sample } from '../../telemetry/read-metrics.js';

/** Figures of a server, from its metrics. A figure that it does not have is undefined. */
export interface Summary {
  readonly version: string | undefined;
  readonly uptimeSeconds: number | undefined;
  readonly queue: {
    readonly images: number | undefined;
    readonly pixelsInFlight: number | undefined;
    /** Images that left the queue, by reason. */
    readonly dropped: Counts;
  };
  /** Inference threads by state. */
  readonly workers: Counts;
  readonly memory: {
    readonly serverBytes: number | undefined;
    readonly engineBytes: number | undefined;
    readonly bodyBytes: number | undefined;
  };
  /** Restarts of the engine process by reason. */
  readonly engineRestarts: Counts;
  readonly calls: {
    /** By the name of the code. */
    readonly grpc: Counts;
    /** By HTTP status, health checks and scrapes left out. */
    readonly http: Counts;
  };
  /** By reason. */
  readonly refusals: Counts;
  readonly models: Counts;
  readonly index: { readonly images: number | undefined; readonly memoryBytes: number | undefined };
}

export type Counts = Readonly<Record<string, number>>;

const watched: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics']);

/** @param now seconds since 1970 */
export function summarize(samples: readonly Sample[], now: number): Summary {
  const value = (name: string): number | undefined => samples.find((sample) => sample.name === name)?.value;
  const counts = (name: string, label: string, isMeant = (_labels: Sample['labels']): boolean => true): Counts => {
    const sums: Record<string, number> = {};
    for (const { labels, value: count } of samples.filter((sample) => sample.name === name)) {
      const key = labels[label];
      if (key !== undefined && isMeant(labels)) sums[key] = (sums[key] ?? 0) + count;
    }
    return sums;
  };
  const started = value('process_start_time_seconds');
  return {
    version: samples.find(({ name }) => name === 'visiond_build_info')?.labels['version'],
    uptimeSeconds: started === undefined ? undefined : Math.max(0, Math.round(now - started)),
    queue: {
      images: value('visiond_queue_images'),
      pixelsInFlight: value('visiond_pixels_in_flight'),
      dropped: counts('visiond_queue_dropped_total', 'reason'),
    },
    workers: counts('visiond_workers', 'state'),
    memory: {
      serverBytes: value('process_resident_memory_bytes'),
      engineBytes: value('visiond_engine_resident_bytes'),
      bodyBytes: value('visiond_body_bytes_in_flight'),
    },
    engineRestarts: counts('visiond_engine_restarts_total', 'reason'),
    calls: {
      grpc: counts(
        'grpc_server_handled_total',
        'grpc_code',
        ({ grpc_service: service }) => service !== 'grpc.health.v1.Health',
      ),
      http: counts('http_server_requests_total', 'status', ({ route = '' }) => !watched.has(route)),
    },
    refusals: counts('visiond_refusals_total', 'reason'),
    models: counts('visiond_models', 'state'),
    index: { images: value('visiond_index_images'), memoryBytes: value('visiond_index_memory_bytes') },
  };
}
