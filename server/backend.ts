import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Feature_Type } from '../gen/yandex/cloud/ai/vision/v1/vision_service.js';
import type { BatchDependencies } from './analyze/batch.js';
import type { Engine, EngineStatus } from './analyze/engine.js';
import { runSelfTest } from './analyze/self-test.js';
import { jwtCredentials, keyCredentials, openCredentials, type Credentials } from './auth/credentials.js';
import { createJwtVerifier } from './auth/jwt-verifier.js';
import { createKeyStore } from './auth/key-store.js';
import { authenticateNobody } from './auth/principal.js';
import { anyOrigin, ownOrigin, type CheckOrigin } from './auth/request-origin.js';
import { createTokenSigner, readTokenSecret } from './auth/token-signer.js';
import type { Config } from './config.js';
import { createBatchDependencies, createEngine, estimates, prepareDataFolder } from './engine.js';
import { VisionError } from './errors/errors.js';
import { IsolatedEngine } from './isolation/isolated-engine.js';
import { divideMemory } from './memory.js';
import type { Reporting } from './pipeline/call-report.js';
import type { BoundMethod } from './pipeline/call.js';
import type { Pipeline } from './pipeline/run-call.js';
import type { BoundStreamMethod } from './pipeline/stream-call.js';
import { Quotas } from './quota/quotas.js';
import { createDiscoveryMethods } from './services/discovery.js';
import { createImageIndexService } from './services/image-index/image-index-service.js';
import { createVisionService } from './services/vision.js';
import { hostNameOf, isLoopback } from './settings/host-name.js';
import type { Metrics } from './telemetry/metrics.js';
import type { Readiness } from './telemetry/readiness.js';
import { createUpstream } from './upstream/upstream.js';

/** What handles the calls: engines in this process, or another server. */
export interface Backend {
  readonly methods: readonly BoundMethod[];
  /** Client-streaming methods. A forwarding server has none. */
  readonly streams: readonly BoundStreamMethod[];
  /** Checks who may read the metrics. */
  readonly access: Pick<Pipeline, 'checkOrigin' | 'authenticate'>;
  /** Resolves when the backend is ready for the first time, rejects if it cannot become ready. Later changes go to Readiness. */
  start(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Engines in this process, or the upstream in the config.
 * @throws ConfigError if the data folder cannot be used, UnusableFileError if a file in it is damaged
 */
export function createBackend(config: Config, reporting: Reporting, readiness: Readiness): Promise<Backend> {
  return config.upstream === undefined
    ? createLocalBackend(config, reporting, readiness)
    : createForwardingBackend(config, config.upstream, reporting, readiness);
}

async function createLocalBackend(config: Config, reporting: Reporting, readiness: Readiness): Promise<Backend> {
  readiness.report('start', { severity: 'down', sentence: 'Loading models.' });
  await prepareDataFolder(config);
  const credentials = createCredentials(config, readiness);
  const pipeline = {
    checkOrigin: originCheck(config),
    authenticate: credentials.authenticate,
    quotas: quotasOf(config),
    ...reporting,
    maxContentBytes: config['max-content-bytes'],
  };
  const { log, metrics } = reporting;
  const memory = divideMemory(config);
  const engine =
    config.isolation === 'none'
      ? createEngine(config, log, readiness)
      : new IsolatedEngine({
          config,
          maxBytes: memory.engine,
          log,
          readiness,
          onRestart: (reason) => metrics.engineRestarted(reason),
        });
  if (engine instanceof IsolatedEngine) metrics.observe({ engineLimitBytes: () => memory.engine });
  const batch = createBatchDependencies(engine, config, log, (reason) =>
    metrics.queueDropped(reason instanceof VisionError ? reason.reason : 'OTHER'),
  );
  observe(metrics, engine, batch);
  const estimate = estimates.get(Feature_Type.IMAGE_COPY_SEARCH) ?? (() => 0);
  const imageIndex = createImageIndexService({ ...batch, threads: config.workers, estimate }, pipeline);
  const starting = new AbortController();
  return {
    methods: [
      ...createVisionService(batch, pipeline),
      ...imageIndex.methods,
      ...createDiscoveryMethods(credentials, pipeline, config.advertise),
    ],
    streams: imageIndex.streams,
    access: pipeline,
    async start() {
      await Promise.all([runSelfTest(engine, starting.signal), engine.ready()]);
      readiness.report('start', undefined);
    },
    close() {
      // A running self-test has not failed, but is no longer needed.
      starting.abort();
      return engine.close();
    },
  };
}

async function createForwardingBackend(
  config: Config,
  address: string,
  reporting: Reporting,
  readiness: Readiness,
): Promise<Backend> {
  const setServing = (serving: boolean): void => {
    const sentence = 'The upstream server is unreachable or not ready.';
    readiness.report('upstream', serving ? undefined : { severity: 'down', sentence });
  };
  setServing(false);
  const ca = config['upstream-ca'];
  const checkOrigin = originCheck(config);
  const upstream = createUpstream(address, {
    ca: ca === undefined ? undefined : await readFile(ca),
    maxContentBytes: config['max-content-bytes'],
    checkOrigin,
    ...reporting,
  });
  return {
    methods: upstream.methods,
    streams: [],
    // Only the upstream knows who its callers are.
    access: { checkOrigin, authenticate: authenticateNobody },
    start: () =>
      new Promise((resolve) => {
        upstream.watch((serving) => {
          setServing(serving);
          if (serving) resolve();
        });
      }),
    close: async () => upstream.close(),
  };
}

const unreadableKeys = 'The key file cannot be read. Calls with credentials fail.';

/** Checks the origin of requests if there is no authentication: no pages of other sites, no foreign host names. */
function originCheck(config: Config): CheckOrigin {
  if (config.auth !== 'none') return anyOrigin;
  const { advertise, listen, 'allowed-hosts': allowed, 'tls-cert': certificate } = config;
  const names = advertise === undefined ? allowed : [...allowed, hostNameOf(advertise)];
  // With --insecure, the operator need not know all names of this machine.
  const isComplete = allowed.length > 0 || (!config.insecure && isLoopback(listen.host));
  return ownOrigin({ isComplete, names, certificate });
}

/** Registers what only the parts of the server know. */
function observe(metrics: Metrics, engine: Engine, { admission }: BatchDependencies): void {
  const ofEngine =
    <Value>(read: (status: EngineStatus) => Value) =>
    (): Value | undefined => {
      const status = engine.status();
      return status && read(status);
    };
  metrics.observe({
    queueImages: () => admission.status.waiting,
    pixelsInFlight: () => admission.status.pixels,
    workers: ofEngine((status) => ({
      busy: status.busyThreads,
      idle: status.idleThreads,
      stopped: status.stoppedThreads,
    })),
    // In this process, the engine has no memory of its own.
    engineResidentBytes:
      engine instanceof IsolatedEngine ? ofEngine((status) => status.residentBytes) : () => undefined,
    models: ofEngine((status) => ({ ready: status.readyModels, unusable: status.unusableModels })),
    index: ofEngine((status) => ({ images: status.indexImages, memoryBytes: status.indexMemoryBytes })),
  });
}

function quotasOf(config: Config): Quotas {
  return new Quotas({
    requests: config['quota-requests'],
    images: config['quota-images'],
    features: config['quota-features'],
  });
}

function createCredentials(config: Config, readiness: Readiness): Credentials {
  // Without authentication, tokens are never verified, so their secret need not be stored.
  if (config.auth === 'none') return openCredentials(createTokenSigner(randomBytes(32)));
  const folder = config['data-dir'];
  const signer = createTokenSigner(readTokenSecret(folder));
  if (config.auth === 'keys') {
    // An unusable file should keep the server from starting, rather than fail every call.
    createKeyStore(folder).list();
    const store = createKeyStore(folder, (cause) =>
      readiness.report(
        'keys',
        cause === undefined ? undefined : { severity: 'degraded', sentence: unreadableKeys, cause },
      ),
    );
    return keyCredentials(store, signer);
  }
  const verify = createJwtVerifier({
    jwks: config.jwks ?? '',
    issuer: config['jwt-issuer'] ?? '',
    audience: config['jwt-audience'] ?? '',
    folderClaim: config['jwt-folder-claim'],
    adminClaim: config['jwt-admin-claim'],
  });
  return jwtCredentials(verify, signer);
}
