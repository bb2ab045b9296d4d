import type { Express } from 'express';
import type { Readiness } from '../telemetry/readiness.js';

/**
 * `/healthz` is the liveness check, `/readyz` the readiness check: models loaded, self-test passed, threads running.
 * `reason` says why the server is not ready; `warnings` lists problems of a server that is.
 */
export function addHealthRoutes(app: Express, readiness: Readiness): void {
  app.get('/healthz', (_request, response) => {
    response.json({ status: 'ok' });
  });
  app.get('/readyz', (_request, response) => {
    const { ready, reasons, warnings } = readiness;
    response.status(ready ? 200 : 503).json({
      status: ready ? 'ready' : 'not ready',
      ...(!ready && { reason: reasons.join(' ') }),
      ...(warnings.length > 0 && { warnings }),
    });
  });
}
