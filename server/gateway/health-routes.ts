import type { Express } from 'express';
import type { Readiness } from '../telemetry/readiness.js';

/**
 * `/healthz` says that the process answers, `/readyz` that calls are welcome: models loaded, self-test passed, threads alive.
 * If they are not, `reason` says why; `warnings` lists what is wrong although they are.
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
