import { beforeEach, describe, expect, it } from 'vitest';
import { BatchAnalyzeRequest, VisionServiceService } from '../../gen/yandex/cloud/ai/vision/v1/vision_service.js';
import { anyOrigin } from '../auth/request-origin.js';
import { VisionError } from '../errors/errors.js';
import { Quotas } from '../quota/quotas.js';
import type { Log } from '../telemetry/log.js';
import { Metrics } from '../telemetry/metrics.js';
import { readMetrics } from '../telemetry/read-metrics.js';
import { bindMethod, type CallContext } from './call.js';
import type { IncomingCall, Outcome } from './incoming-call.js';
import { binaryMessage } from './request-message.js';
import type { Pipeline } from './run-call.js';
import { parseTimeout } from './timeout.js';

const path = '/yandex.cloud.ai.vision.v1.VisionService/BatchAnalyze';
const request = Buffer.from(BatchAnalyzeRequest.encode({ analyzeSpecs: [], folderId: 'f' }).finish());
let metrics: Metrics;
let logged: Array<readonly [string, Record<string, unknown> | undefined]>;

beforeEach(() => {
  metrics = new Metrics({ version: '', byFolder: true });
  logged = [];
});

interface Asked {
  readonly incoming?: Partial<IncomingCall>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeout?: string;
  readonly handle?: (context: CallContext) => Promise<void>;
  readonly pipeline?: Partial<Pipeline>;
}

/** Calls a method over the whole pipeline. */
function call({ incoming, headers = {}, timeout, handle, pipeline }: Asked = {}): Promise<Outcome> {
  const note: Log['info'] = (message, fields) => void logged.push([message, fields]);
  const method = bindMethod(
    VisionServiceService.batchAnalyze,
    {
      folder: ({ folderId }) => folderId,
      validate: () => [],
      async handle(_request, context) {
        await handle?.(context);
        return { results: [{ error: undefined, results: [] }] };
      },
    },
    {
      checkOrigin: anyOrigin,
      authenticate: async () => ({ id: 'key-1', folders: ['f'], isAdministrator: false }),
      quotas: new Quotas({ requests: 0, images: 0, features: 0 }),
      log: { debug: note, info: note, warn: note, error: note },
      metrics,
      maxContentBytes: 1000,
      ...pipeline,
    },
  );
  return method.call(
    {
      transport: 'grpc',
      peer: '192.0.2.7',
      host: 'h',
      header: (name) => headers[name],
      disconnected: new AbortController().signal,
      ...incoming,
      get deadline() {
        return parseTimeout(timeout);
      },
    },
    async () => binaryMessage(request),
  );
}

async function counted(name: string): Promise<unknown[]> {
  const samples = readMetrics(await metrics.print({ isAdministrator: true })).filter((sample) => sample.name === name);
  return samples.filter(({ value }) => value > 0).map(({ labels, value }) => [labels, value]);
}

const ids = {
  requestId: expect.stringMatching(/^[\da-f-]{36}$/),
  traceId: expect.stringMatching(/^[\da-f]{32}$/),
};

describe('a call', () => {
  it('has one line in the log, with what is known about it', async () => {
    const headers = {
      'x-client-request-id': `${'c'.repeat(128)}cut`,
      traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
      authorization: 'Api-Key secret',
    };
    const outcome = await call({
      headers,
      incoming: { transport: 'rest' },
      handle: async ({ record }) => {
        record.addImages(3, 4);
        record.addStage({ name: 'queue', image: 0, startMs: 1000, endMs: 1012.4 });
        record.addStage({ name: 'queue', image: 1, startMs: 1000, endMs: 1007 });
      },
    });
    expect(logged).toEqual([
      [
        'call',
        {
          ...ids,
          traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
          clientRequestId: 'c'.repeat(128),
          principal: 'key-1',
          peer: '192.0.2.7',
          transport: 'rest',
          method: path,
          code: 0,
          status: 200,
          requestBytes: request.length,
          images: 3,
          features: 4,
          queueMs: 12,
          responseBytes: 2,
          milliseconds: expect.any(Number),
        },
      ],
    ]);
    expect(outcome.headers).toEqual({
      'x-request-id': logged[0]?.[1]?.['requestId'],
      'x-server-trace-id': '4bf92f3577b34da6a3ce929d0e0e4736',
    });
  });

  it('that is refused has its reason there, and in the metrics', async () => {
    await call({
      handle: async ({ record }) => {
        record.addImages(2, 2);
        throw VisionError.of('OVERLOADED', { seconds: 5 });
      },
    });
    expect(logged).toEqual([
      ['call', expect.objectContaining({ principal: 'key-1', code: 14, reason: 'OVERLOADED', responseBytes: 0 })],
    ]);
    expect(logged[0]?.[1]).not.toHaveProperty('status');
    expect(await counted('visiond_refusals_total')).toEqual([[{ reason: 'OVERLOADED', folder: 'f' }, 1]]);
    expect(await counted('visiond_images_total')).toEqual([[{ folder: 'f' }, 2]]);
  });

  it('without credentials or of another site is reported, too', async () => {
    const refuse = (error: VisionError) => (): never => {
      throw error;
    };
    const unauthenticated = refuse(VisionError.of('CREDENTIALS_REQUIRED'));
    await call({ pipeline: { authenticate: async () => unauthenticated() } });
    await call({ pipeline: { checkOrigin: refuse(VisionError.of('ORIGIN_NOT_ALLOWED', { origin: 'o' })) } });
    expect(logged.map(([, fields]) => [fields?.['code'], fields?.['reason'], fields?.['principal']])).toEqual([
      [16, 'CREDENTIALS_REQUIRED', undefined],
      [7, 'ORIGIN_NOT_ALLOWED', undefined],
    ]);
    expect(await counted('visiond_refusals_total')).toEqual([
      [{ reason: 'CREDENTIALS_REQUIRED' }, 1],
      [{ reason: 'ORIGIN_NOT_ALLOWED' }, 1],
    ]);
  });

  it('that fails for an unknown reason is logged with it', async () => {
    const error = new Error('a bug');
    await call({ handle: () => Promise.reject(error) });
    expect(logged).toEqual([
      ['call failed', { requestId: ids.requestId, error }],
      ['call', expect.objectContaining({ code: 13, reason: 'INTERNAL' })],
    ]);
  });

  it('with a deadline that is none is a mistake of the client', async () => {
    await call({
      timeout: 'soon',
    });
    expect(logged).toEqual([['call', expect.objectContaining({ code: 3, reason: 'MALFORMED_HEADER' })]]);
  });

  it('that the transport ended on its own has the code that the client got', async () => {
    const gone = AbortSignal.abort();
    await call({ incoming: { disconnected: gone, sentCode: () => 8 } });
    expect(logged).toEqual([['call', expect.objectContaining({ code: 8 })]]);
    expect(logged[0]?.[1]?.['reason']).toBeUndefined();
  });

  it('has the timing of its stages, if it has any', async () => {
    expect((await call()).timing).toBeUndefined();
    const { timing } = await call({
      handle: async ({ record }) => record.addStage({ name: 'decode', image: 0, startMs: 1000, endMs: 1007.5 }),
    });
    expect(timing).toMatch(/^decode;dur=7\.5, total;dur=[\d.]+$/);
    expect(await counted('visiond_decode_seconds_sum')).toEqual([[{}, 0.0075]]);
  });
});
