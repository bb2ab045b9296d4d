import { ImageIndexServiceService } from '../gen/visiond/index/v1/image_index_service.js';
import { BatchAnalyzeResponse, VisionServiceService } from '../gen/yandex/cloud/ai/vision/v1/vision_service.js';
import { authenticateNobody } from '../server/auth/principal.js';
import { anyOrigin } from '../server/auth/request-origin.js';
import { createNetwork, type Network, type NetworkOptions } from '../server/network.js';
import { bindMethod, type CallContext } from '../server/pipeline/call.js';
import { createIntake, type IntakeOptions } from '../server/pipeline/intake.js';
import { bindStream, type StreamItem } from '../server/pipeline/stream-call.js';
import { Quotas } from '../server/quota/quotas.js';
import { silentLog } from '../server/telemetry/log.js';
import { Metrics } from '../server/telemetry/metrics.js';
import { Readiness } from '../server/telemetry/readiness.js';

/** The network side of a server, with handlers of a test in place of features. */
export interface TestNetwork {
  readonly network: Network;
  readonly options: NetworkOptions;
  readonly port: number;
  readonly origin: string;
  /** Ends it, whatever runs. */
  close(): Promise<void>;
}

interface Handlers {
  /** Called for each call that reaches the pipeline. */
  readonly onCall?: () => void;
  /** BatchAnalyze, over REST and gRPC. Requests are not validated. */
  readonly analyze?: (context: CallContext, bytes: number) => Promise<BatchAnalyzeResponse>;
  /** AddImages, over gRPC. */
  readonly add?: (items: AsyncIterable<StreamItem<object>>) => Promise<void>;
}

export const analyzePath = VisionServiceService.batchAnalyze.path;
export const addPath = ImageIndexServiceService.addImages.path;

const unlimited = () => [];

/** Starts it on a free port. It is ready at once. */
export async function startNetwork(
  { onCall, analyze = async () => ({ results: [] }), add = async () => {} }: Handlers = {},
  intake: Partial<IntakeOptions> = {},
  options: Partial<NetworkOptions> = {},
): Promise<TestNetwork> {
  const metrics = new Metrics({ version: '', byFolder: false });
  const pipeline = {
    checkOrigin: anyOrigin,
    authenticate: (authorization: string | undefined) => {
      onCall?.();
      return authenticateNobody(authorization);
    },
    quotas: new Quotas({ requests: 0, images: 0, features: 0 }),
    log: silentLog,
    metrics,
    maxContentBytes: 10_485_760,
  };
  const method = bindMethod(
    VisionServiceService.batchAnalyze,
    {
      folder: ({ folderId }) => folderId,
      validate: unlimited,
      handle: ({ analyzeSpecs }, context) =>
        analyze(
          context,
          analyzeSpecs.reduce((sum, { source }) => sum + (source?.value.length ?? 0), 0),
        ),
    },
    pipeline,
  );
  const stream = bindStream(
    ImageIndexServiceService.addImages,
    {
      folder: () => '',
      validate: unlimited,
      async handle(items) {
        await add(items);
        return { results: [] };
      },
    },
    pipeline,
  );
  const all: NetworkOptions = {
    compat: 'yandex',
    version: '',
    log: silentLog,
    metrics,
    access: pipeline,
    readiness: new Readiness(silentLog),
    intake: createIntake(intake),
    tls: undefined,
    maxConnections: 1000,
    maxConnectionAgeSeconds: 0,
    shutdownDelaySeconds: 0,
    shutdownSeconds: 30,
    ...options,
  };
  const network = await createNetwork([method], [stream], all);
  const { port } = await network.listen({ host: '127.0.0.1', port: 0 });
  return {
    network,
    options: all,
    port,
    origin: `http://127.0.0.1:${port}`,
    async close() {
      network.cut();
      await network.stop();
    },
  };
}
