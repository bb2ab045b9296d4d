import type { Express, Request } from 'express';
import type { Pipeline } from '../pipeline/run-call.js';

/**
 * `GET /metrics` prints the metrics for Prometheus. It is for everyone who may call the server: with `--auth none` for
 * clients under the server's own host names, otherwise for holders of any valid credentials.
 */
export function addMetricsRoute(
  app: Express,
  { checkOrigin, authenticate, metrics }: Pick<Pipeline, 'checkOrigin' | 'authenticate' | 'metrics'>,
): void {
  const print = async (request: Request): Promise<string> => {
    checkOrigin({ host: request.headers.host, origin: request.get('origin') });
    await authenticate(request.get('authorization'));
    return metrics.print();
  };
  app.get('/metrics', (request, response, next) => {
    print(request).then((text) => {
      response.set({ 'content-type': metrics.contentType, 'cache-control': 'no-store' }).send(text);
    }, next);
  });
}
