import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { addErrorHandlers, createGateway, type GatewayOptions } from './gateway/gateway.js';
import { addHealthRoutes } from './gateway/health-routes.js';
import { addMetricsRoute } from './gateway/metrics-route.js';
import { addProtoRoutes } from './gateway/site/proto-routes.js';
import { addSiteRoutes } from './gateway/site/site-routes.js';
import { repositoryRoot } from './paths.js';
import type { BoundMethod } from './pipeline/call.js';
import type { Pipeline } from './pipeline/run-call.js';
import type { BoundStreamMethod } from './pipeline/stream-call.js';
import type { Address } from './settings/values.js';
import type { Readiness } from './telemetry/readiness.js';
import { createGrpcServer, type GrpcOptions } from './wire/grpc-server.js';
import { createPort, type Port, type PortOptions } from './wire/port.js';

export interface NetworkOptions extends GatewayOptions, GrpcOptions, PortOptions {
  readonly readiness: Readiness;
  /** Checks who may read the metrics. */
  readonly access: Pick<Pipeline, 'checkOrigin' | 'authenticate'>;
  /** How long the server goes on serving while it reports that it is not ready, so that balancers notice. */
  readonly shutdownDelaySeconds: number;
  /** How long running calls may then take. */
  readonly shutdownSeconds: number;
}

/** The port of a server, with both protocols on it. */
export interface Network {
  /** Starts listening. Resolves to the address. */
  listen(address: Address): Promise<AddressInfo>;
  /** Reloads the TLS files. Rejects, and keeps the old ones, if they are invalid. */
  reload(): Promise<void>;
  /**
   * Reports that the server is not ready, goes on serving for the configured time, and then lets running calls finish.
   * @returns how many calls were cut because they did not finish in time
   */
  stop(): Promise<number>;
  /** Makes `stop` cut what is running, immediately. */
  cut(): void;
  readonly connections: Port['connections'];
}

/**
 * Puts methods on a port.
 * @throws Error if the TLS files are invalid
 */
export async function createNetwork(
  methods: readonly BoundMethod[],
  streams: readonly BoundStreamMethod[],
  options: NetworkOptions,
): Promise<Network> {
  const { readiness, intake, shutdownDelaySeconds, shutdownSeconds } = options;
  const grpc = createGrpcServer(methods, streams, options);
  const app = createGateway(methods, options);
  addHealthRoutes(app, readiness);
  addMetricsRoute(app, { ...options, ...options.access });
  addProtoRoutes(app, join(repositoryRoot, 'proto'));
  addSiteRoutes(app, join(repositoryRoot, 'page/dist'));
  addErrorHandlers(app, options);
  const port = await createPort(app, grpc.injector, options);
  readiness.watch((ready) => grpc.setServing(ready));
  const cutting = new AbortController();

  let stopping: Promise<number> | undefined;
  const drain = async (): Promise<number> => {
    intake.watch.drain();
    const late = sleep(shutdownSeconds * 1000, undefined, { signal: cutting.signal, ref: false }).catch(() => {});
    const drained = Promise.all([port.close(), grpc.shutdown()]);
    return Promise.race([drained.then(() => 0), late.then(() => intake.running.count)]);
  };
  const stop = async (): Promise<number> => {
    // Balancers send nothing to a server that was not ready.
    const delayMs = readiness.ready ? shutdownDelaySeconds * 1000 : 0;
    readiness.report('server', { severity: 'down', sentence: 'The server is shutting down.' });
    port.closeAfterAnswers();
    if (delayMs > 0) await sleep(delayMs, undefined, { signal: cutting.signal }).catch(() => {});
    const cut = await drain();
    port.destroy();
    return cut;
  };
  return {
    listen: (address) => port.listen(address),
    reload: () => port.reload(),
    stop: () => (stopping ??= stop()),
    cut: () => cutting.abort(),
    get connections() {
      return port.connections;
    },
  };
}
