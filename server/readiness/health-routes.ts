import type { Express } from 'express';

/** `/healthz` says that the process answers, `/readyz` that calls are welcome: models loaded, self-test passed. */
export function addHealthRoutes(app: Express, isReady: () => boolean): void {
  app.get('/healthz', (_request, response) => {
    response.json({ status: 'ok' });
  });
  app.get('/readyz', (_request, response) => {
    const ready = isReady();
    response.status(ready ? 200 : 503).json({ status: ready ? 'ready' : 'not ready' });
  });
}
