/** What the exposition format needs to know of a metric. */
export interface MetricDefinition {
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** Names of its labels, without `folder`. */
  readonly labels: readonly string[];
  /** Whether `--metrics-by-folder` adds the label `folder`. */
  readonly byFolder?: true;
  /** Whether it tells something of what all folders hold: others than administrators must not watch their neighbors grow. */
  readonly forAdministrators?: true;
  readonly help: string;
}

/**
 * Every metric of the server beside those of the process. docs/monitoring.md has the same table. The names, labels and
 * codes of the gRPC metrics are those of go-grpc-middleware, for which dashboards exist.
 */
export const metricTable = {
  grpc_server_handled_total: {
    type: 'counter',
    labels: ['grpc_service', 'grpc_method', 'grpc_type', 'grpc_code'],
    byFolder: true,
    help: 'gRPC calls that ended, by method and code.',
  },
  grpc_server_handling_seconds: {
    type: 'histogram',
    labels: ['grpc_service', 'grpc_method', 'grpc_type'],
    help: 'Duration of gRPC calls, from their headers to their status.',
  },
  http_server_requests_total: {
    type: 'counter',
    labels: ['method', 'route', 'status'],
    byFolder: true,
    help: 'HTTP requests that ended, by route and status. 499 if the client left before the response.',
  },
  http_server_request_duration_seconds: {
    type: 'histogram',
    labels: ['method', 'route'],
    help: 'Duration of HTTP requests, from their headers to the end of the response.',
  },
  visiond_refusals_total: {
    type: 'counter',
    labels: ['reason'],
    byFolder: true,
    help: 'Calls refused as a whole for lack of capacity, quota or permission, by the reason of their error.',
  },
  visiond_images_total: {
    type: 'counter',
    labels: [],
    byFolder: true,
    help: 'Images that came, those that were refused or failed included.',
  },
  visiond_pixels_total: { type: 'counter', labels: [], help: 'Pixels of decoded images.' },
  visiond_queue_images: { type: 'gauge', labels: [], help: 'Images that wait for admission.' },
  visiond_queue_wait_seconds: {
    type: 'histogram',
    labels: [],
    help: 'How long images waited for admission.',
  },
  visiond_queue_dropped_total: {
    type: 'counter',
    labels: ['reason'],
    help: 'Images that left the queue because their client left or their deadline passed.',
  },
  visiond_decode_seconds: { type: 'histogram', labels: [], help: 'How long it took to decode an image.' },
  visiond_feature_seconds: {
    type: 'histogram',
    labels: ['feature'],
    help: 'How long a feature took for an image, waiting for a thread included.',
  },
  visiond_pixels_in_flight: { type: 'gauge', labels: [], help: 'Pixels of the images that are decoded now.' },
  visiond_workers: {
    type: 'gauge',
    labels: ['state'],
    help: 'Inference threads: busy, idle, or stopped and not restarted.',
  },
  visiond_engine_restarts_total: {
    type: 'counter',
    labels: ['reason'],
    help: 'How often the engine process was replaced, by the reason.',
  },
  visiond_engine_resident_bytes: { type: 'gauge', labels: [], help: 'Resident memory of the engine process.' },
  visiond_engine_limit_bytes: {
    type: 'gauge',
    labels: [],
    help: 'Resident memory at which the engine process is replaced.',
  },
  visiond_models: { type: 'gauge', labels: ['state'], help: 'Models of the installation: ready or unusable.' },
  visiond_index_images: {
    type: 'gauge',
    labels: [],
    forAdministrators: true,
    help: 'Images in the image index. Only for administrators.',
  },
  visiond_index_memory_bytes: {
    type: 'gauge',
    labels: [],
    forAdministrators: true,
    help: 'Memory of the image index. Only for administrators.',
  },
  visiond_body_bytes_in_flight: { type: 'gauge', labels: [], help: 'Memory granted to the bodies of requests.' },
  visiond_connections: { type: 'gauge', labels: [], help: 'Open connections.' },
  visiond_connections_refused_total: {
    type: 'counter',
    labels: [],
    help: 'Connections closed at once because there were too many.',
  },
  visiond_ready: { type: 'gauge', labels: [], help: '1 if the server is ready, otherwise 0.' },
  visiond_trouble: {
    type: 'gauge',
    labels: ['part', 'severity'],
    help: '1 for each part of the server that is down or degraded. Other parts have no sample.',
  },
  visiond_build_info: { type: 'gauge', labels: ['version'], help: 'Always 1.' },
} as const satisfies Readonly<Record<string, MetricDefinition>>;

export type MetricName = keyof typeof metricTable;
/** Names of the labels of a metric. */
export type LabelOf<Name extends MetricName> = (typeof metricTable)[Name]['labels'][number];

/** Upper bounds of the buckets of all histograms, in seconds: 1 ms to 60 s. */
export const secondsBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
