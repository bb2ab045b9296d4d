import { fileURLToPath } from 'node:url';
import { authenticateNobody } from '../server/auth/principal.js';
import { anyOrigin } from '../server/auth/request-origin.js';
import { readConfig } from '../server/config.js';
import { createBatchDependencies } from '../server/engine.js';
import { addErrorHandlers, createGateway } from '../server/gateway/gateway.js';
import { IsolatedEngine } from '../server/isolation/isolated-engine.js';
import { createIntake } from '../server/pipeline/intake.js';
import { Quotas } from '../server/quota/quotas.js';
import { createVisionService } from '../server/services/vision.js';
import { silentLog } from '../server/telemetry/log.js';
import { Metrics } from '../server/telemetry/metrics.js';
import { Readiness } from '../server/telemetry/readiness.js';
import { createGrpcServer } from '../server/wire/grpc-server.js';
import { createPort } from '../server/wire/port.js';
import { idleEngine } from './idle-engine.js';

const config = readConfig({}, {});

/** @returns the port */
export async function serveVisiond(mode: 'in process' | 'isolated'): Promise<number> {
  const engine = mode === 'isolated' ? await isolatedEngine() : idleEngine;
  const batch = createBatchDependencies(engine, config, silentLog);
  const reporting = { log: silentLog, metrics: new Metrics({ version: '', byFolder: false }) };
  const methods = createVisionService(batch, {
    checkOrigin: anyOrigin,
    authenticate: authenticateNobody,
    ...reporting,
    maxContentBytes: config['max-content-bytes'],
    quotas: new Quotas({ requests: 0, images: 0, features: 0 }),
  });
  const intake = createIntake();
  const options = { compat: 'yandex', version: '', ...reporting, intake } as const;
  const app = createGateway(methods, options);
  addErrorHandlers(app, options);
  const grpc = createGrpcServer(methods, [], { maxConnectionAgeSeconds: 0, intake, ...reporting });
  const port = await createPort(app, grpc.injector, { tls: undefined, maxConnections: 1000, ...reporting });
  return (await port.listen({ host: '127.0.0.1', port: 0 })).port;
}

/** An engine that looks at nothing, in a process of its own. */
async function isolatedEngine(): Promise<IsolatedEngine> {
  const engine = new IsolatedEngine({
    config,
    maxBytes: Infinity,
    log: silentLog,
    readiness: new Readiness(silentLog),
    entry: fileURLToPath(import.meta.resolve('./gateway-engine.js')),
  });
  await engine.ready();
  return engine;
}
