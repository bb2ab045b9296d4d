import { status as code } from '@grpc/grpc-js';
import { afterEach, expect, it, vi } from 'vitest';
import { HealthCheckResponse, HealthCheckResponse_ServingStatus as Health } from '../../gen/grpc/health/v1/health.js';
import { serveGrpc } from '../../test/grpc-peer.js';
import { anyOrigin } from '../auth/request-origin.js';
import { silentLog } from '../telemetry/log.js';
import { Metrics } from '../telemetry/metrics.js';
import { createUpstream } from './upstream.js';

afterEach(() => void vi.useRealTimers());

const says = (health: Health): Buffer => Buffer.from(HealthCheckResponse.encode({ status: health }).finish());

it('tells every change of the health of an upstream, and none twice', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  let checks = 0;
  type Answer = Buffer | { readonly code: code };
  let answer: Answer = says(Health.NOT_SERVING);
  const methods = {
    '/grpc.health.v1.Health/Check': () => {
      checks++;
      return answer;
    },
  };
  const first = await serveGrpc(methods);
  const metrics = new Metrics({ version: '', byFolder: false });
  const options = { ca: undefined, maxContentBytes: 1, checkOrigin: anyOrigin, log: silentLog, metrics };
  const upstream = createUpstream(`localhost:${first.port}`, options);
  const told: boolean[] = [];
  upstream.watch((serving) => told.push(serving));
  /** Lets seconds pass until the condition holds. */
  const pass = (condition: () => void): Promise<void> =>
    vi.waitFor(
      () => {
        vi.advanceTimersByTime(1000);
        condition();
      },
      { timeout: 10_000, interval: 20 },
    );
  /** Lets the upstream be checked a few times. What was told of the checks before is known then. */
  const passChecks = (): Promise<void> => {
    const enough = checks + 3;
    return pass(() => expect(checks).toBeGreaterThanOrEqual(enough));
  };
  const expected: ReadonlyArray<readonly [answer: Answer, changes: readonly boolean[]]> = [
    [says(Health.NOT_SERVING), []],
    [says(Health.SERVING), [true]],
    [says(Health.NOT_SERVING), [true, false]],
    [says(Health.SERVING), [true, false, true]],
    [{ code: code.UNIMPLEMENTED }, [true, false, true, false]],
    [says(Health.SERVING), [true, false, true, false, true]],
  ];
  for (const [next, changes] of expected) {
    answer = next;
    await passChecks();
    await pass(() => expect(told).toEqual(changes));
  }
  first.stop();
  await pass(() => expect(told.slice(5)).toEqual([false]));
  // Another server at the same address: the connection is made again.
  const second = await serveGrpc(methods, { port: first.port });
  await pass(() => expect(told.slice(5)).toEqual([false, true]));
  upstream.close();
  const before = checks;
  vi.advanceTimersByTime(10_000);
  second.stop();
  expect([told.length, checks]).toEqual([7, before]);
});
