import type { AddressInfo } from 'node:net';
import { createBackend } from './backend.js';
import type { Config } from './config.js';
import { addErrorHandlers, createGateway } from './gateway/gateway.js';
import { addHealthRoutes } from './gateway/health-routes.js';
import type { Log } from './telemetry/log.js';
import { Readiness } from './telemetry/readiness.js';
import { version } from './version.js';
import { createGrpcServer } from './wire/grpc-server.js';
import { createPort } from './wire/port.js';
import type { TlsFiles } from './wire/tls.js';

/** A running server. */
export interface RunningServer {
  readonly address: AddressInfo;
  /** Resolves when the models are loaded and the self-test has passed; rejects if it fails. */
  readonly ready: Promise<void>;
  /** Reloads the TLS files. Rejects, and keeps the old ones, if they are invalid. */
  reload(): Promise<void>;
  /** Waits for running calls, up to the configured time, and stops. */
  close(): Promise<void>;
}

/** Assembles the server and starts it. */
export async function startServer(config: Config, log: Log): Promise<RunningServer> {
  const readiness = new Readiness(log);
  const backend = await createBackend(config, log, readiness);
  const closeBackend = async (error: unknown): Promise<never> => {
    await backend.close();
    throw error;
  };
  const grpc = createGrpcServer(backend.methods, backend.streams, {
    maxConnectionAgeSeconds: config['max-connection-age-seconds'],
  });
  const gatewayOptions = {
    compat: config['rest-compat'],
    version,
    log,
  };
  const app = createGateway(backend.methods, gatewayOptions);
  addHealthRoutes(app, readiness);
  addErrorHandlers(app, gatewayOptions);
  const port = await createPort(app, grpc.injector, tlsFiles(config)).catch(closeBackend);
  const address = await port.listen(config.listen).catch(closeBackend);

  readiness.watch((ready) => grpc.setServing(ready));
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    readiness.report('server', { severity: 'down', sentence: 'The server is shutting down.' });
    const drained = Promise.all([port.close(), grpc.shutdown()]);
    const late = setTimeout(() => port.destroy(), config['shutdown-seconds'] * 1000);
    await drained;
    clearTimeout(late);
    await backend.close();
  };
  return {
    address,
    ready: backend.start(),
    reload: () => port.reload(),
    close: () => (closing ??= close()),
  };
}

function tlsFiles(config: Config): TlsFiles | undefined {
  const { 'tls-cert': cert, 'tls-key': key, 'tls-client-ca': clientCa } = config;
  return cert === undefined || key === undefined ? undefined : { cert, key, clientCa };
}
