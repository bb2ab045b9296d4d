import type { Express, Request } from 'express';
import type { Intake } from '../pipeline/intake.js';
import type { Pipeline } from '../pipeline/run-call.js';
import { clientOf } from './observe-requests.js';

/**
 * `GET /metrics` prints the metrics for Prometheus. It is for everyone who may call the server: with `--auth none` for
 * clients under the server's own host names, otherwise for holders of any valid credentials. Figures of what all folders
 * hold are for administrators, as those of GetStats are.
 */
export function addMetricsRoute(
  app: Express,
  {
    checkOrigin,
    authenticate,
    metrics,
    intake,
  }: Pick<Pipeline, 'checkOrigin' | 'authenticate' | 'metrics'> & { readonly intake: Intake },
): void {
  const print = async (request: Request): Promise<string> => {
    const { host } = clientOf(request, intake.proxies);
    checkOrigin({ host, origin: request.get('origin') });
    return metrics.print(await authenticate(request.get('authorization')));
  };
  app.get('/metrics', (request, response, next) => {
    print(request).then((text) => {
      response.set({ 'content-type': metrics.contentType, 'cache-control': 'no-store' }).send(text);
    }, next);
  });
}
