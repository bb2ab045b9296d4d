import type { AddressInfo } from 'node:net';
import { createBackend } from './backend.js';
import type { Config } from './config.js';
import { divideMemory } from './memory.js';
import { createNetwork } from './network.js';
import { createIntake } from './pipeline/intake.js';
import type { Log } from './telemetry/log.js';
import { Metrics } from './telemetry/metrics.js';
import { Readiness } from './telemetry/readiness.js';
import { version } from './version.js';
import type { TlsFiles } from './wire/tls.js';

/** A running server. */
export interface RunningServer {
  readonly address: AddressInfo;
  /** Resolves when the models are loaded and the self-test has passed; rejects if it fails. */
  readonly ready: Promise<void>;
  /** Reloads the TLS files. Rejects, and keeps the old ones, if they are invalid. */
  reload(): Promise<void>;
  /**
   * Lets running calls finish, up to the configured time, and stops.
   * @returns how many calls were cut
   */
  close(): Promise<number>;
  /** Makes `close` cut what is running, immediately. */
  cut(): void;
}

/** Assembles the server and starts it. */
export async function startServer(config: Config, log: Log): Promise<RunningServer> {
  const readiness = new Readiness(log);
  const metrics = new Metrics({ version, byFolder: config['metrics-by-folder'] });
  metrics.observe({ ready: () => readiness.ready, troubles: () => readiness.troubles });
  const backend = await createBackend(config, { log, metrics }, readiness);
  const closeBackend = async (error: unknown): Promise<never> => {
    await backend.close();
    throw error;
  };
  const intake = createIntake({
    bodyBytes: divideMemory(config).bodies,
    maxWaitSeconds: config['max-wait'],
    proxies: config['trusted-proxies'],
  });
  metrics.observe({ bodyBytesInFlight: () => intake.room.inFlightBytes });
  const network = await createNetwork(backend.methods, backend.streams, {
    compat: config['rest-compat'],
    version,
    log,
    metrics,
    access: backend.access,
    readiness,
    intake,
    tls: tlsFiles(config),
    maxConnections: config['max-connections'],
    maxConnectionAgeSeconds: config['max-connection-age-seconds'],
    shutdownDelaySeconds: config['shutdown-delay'],
    shutdownSeconds: config['shutdown-seconds'],
  }).catch(closeBackend);
  metrics.observe({ connections: () => network.connections });
  const address = await network.listen(config.listen).catch(closeBackend);

  let onCut = (): void => {};
  const isCut = new Promise<void>((resolve) => (onCut = resolve));
  let closing: Promise<number> | undefined;
  const close = async (): Promise<number> => {
    const cutCalls = await network.stop();
    await Promise.race([backend.close(), isCut]);
    return cutCalls;
  };
  return {
    address,
    ready: backend.start(),
    reload: () => network.reload(),
    close: () => (closing ??= close()),
    cut() {
      network.cut();
      onCut();
    },
  };
}

function tlsFiles(config: Config): TlsFiles | undefined {
  const { 'tls-cert': cert, 'tls-key': key, 'tls-client-ca': clientCa } = config;
  return cert === undefined || key === undefined ? undefined : { cert, key, clientCa };
}
