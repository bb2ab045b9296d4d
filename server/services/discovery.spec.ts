import { beforeEach, describe, expect, it } from 'vitest';
import { Status } from '../../gen/google/rpc/status.js';
import { ApiEndpoint } from '../../gen/yandex/cloud/endpoint/api_endpoint.js';
import {
  GetApiEndpointRequest,
  ListApiEndpointsResponse,
} from '../../gen/yandex/cloud/endpoint/api_endpoint_service.js';
import { CreateIamTokenRequest, CreateIamTokenResponse } from '../../gen/yandex/cloud/iam/v1/iam_token_service.js';
import { openCredentials, type Credentials, type Identity } from '../auth/credentials.js';
import { anyOrigin } from '../auth/request-origin.js';
import { createTokenSigner } from '../auth/token-signer.js';
import { VisionError } from '../errors/errors.js';
import type { IncomingCall, Outcome } from '../pipeline/incoming-call.js';
import { binaryMessage } from '../pipeline/request-message.js';
import type { Pipeline } from '../pipeline/run-call.js';
import { Quotas } from '../quota/quotas.js';
import { silentLog } from '../telemetry/log.js';
import { Metrics } from '../telemetry/metrics.js';
import { createDiscoveryMethods } from './discovery.js';

const signer = createTokenSigner(Buffer.alloc(32, 1));
let asked: Identity[];
let credentials: Credentials;
beforeEach(() => {
  asked = [];
  const open = openCredentials(signer);
  credentials = {
    // Whoever has no credentials yet needs these methods to get some.
    authenticate: () => Promise.reject(VisionError.of('CREDENTIALS_REQUIRED')),
    exchange(identity) {
      asked.push(identity);
      return identity.text === 'wrong' ? Promise.reject(VisionError.of('TOKEN_INVALID')) : open.exchange(identity);
    },
  };
});

interface Asked {
  readonly advertised?: string;
  readonly host?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

function call(path: string, request: Uint8Array, { advertised, host = 'called:8080', headers = {} }: Asked = {}) {
  const pipeline: Pipeline = {
    checkOrigin: anyOrigin,
    quotas: new Quotas({ requests: 1, images: 0, features: 0 }),
    authenticate: credentials.authenticate,
    log: silentLog,
    metrics: new Metrics({ version: '', byFolder: false }),
    maxContentBytes: 1,
  };
  const method = createDiscoveryMethods(credentials, pipeline, advertised).find((each) => each.path === path);
  if (method === undefined) throw new Error(`there is no ${path}`);
  const incoming: IncomingCall = {
    transport: 'grpc',
    peer: '127.0.0.1',
    host,
    header: (name) => headers[name],
    disconnected: new AbortController().signal,
    deadline: undefined,
  };
  expect(method.isPublic).toBe(true);
  return method.call(incoming, async () => binaryMessage(Buffer.from(request)));
}

function response(outcome: Outcome): Buffer {
  if ('status' in outcome) throw new Error(outcome.status.message);
  return outcome.response;
}

function failure(outcome: Outcome): Status {
  return 'status' in outcome ? outcome.status : Status.create();
}

const nothing = new Uint8Array();
const endpoints = '/yandex.cloud.endpoint.ApiEndpointService';
const get = async (id: string, options?: Asked) =>
  call(`${endpoints}/Get`, GetApiEndpointRequest.encode({ apiEndpointId: id }).finish(), options);

describe('endpoints', () => {
  it('are all at the address that the client has called', async () => {
    const listed = ListApiEndpointsResponse.decode(response(await call(`${endpoints}/List`, nothing)));
    const address = 'called:8080';
    expect(listed).toEqual({
      endpoints: [
        { id: 'ai-vision', address },
        { id: 'endpoint', address },
        { id: 'iam', address },
      ],
      nextPageToken: '',
    });
    expect(ApiEndpoint.decode(response(await get('iam')))).toEqual({ id: 'iam', address });
  });

  it.each([
    [{ advertised: 'public.example:443' }, 'public.example:443'],
    [{ headers: { 'x-forwarded-host': 'evil.example' } }, 'called:8080'],
    [{ advertised: 'public.example:443', host: 'other.example' }, 'public.example:443'],
  ])('are at the advertised address, or where they were called: %j', async (options, address) => {
    expect(ApiEndpoint.decode(response(await get('ai-vision', options)))).toEqual({ id: 'ai-vision', address });
  });

  it('of other services are not found', async () => {
    const { code, message } = failure(await get('compute'));
    expect([code, message]).toEqual([5, expect.stringContaining('ai-vision, endpoint, iam')]);
    expect(failure(await get('')).code).toBe(5);
  });
});

describe('tokens', () => {
  const create = (identity: CreateIamTokenRequest['identity']) =>
    call('/yandex.cloud.iam.v1.IamTokenService/Create', CreateIamTokenRequest.encode({ identity }).finish());

  it('are given for what the request has, a secret or a JWT', async () => {
    const outcome = await create({ $case: 'yandexPassportOauthToken', value: 'vd_1' });
    const { iamToken, expiresAt } = CreateIamTokenResponse.decode(response(outcome));
    expect(await signer.verify(iamToken)).toMatchObject({ subject: 'anonymous' });
    expect(Number(expiresAt)).toBeGreaterThan(Date.now());
    await create({ $case: 'jwt', value: 'a.b.c' });
    expect(asked).toEqual([
      { kind: 'secret', text: 'vd_1' },
      { kind: 'jwt', text: 'a.b.c' },
    ]);
  });

  it('are refused with the reason of the credentials, and not without any', async () => {
    expect(failure(await create({ $case: 'jwt', value: 'wrong' })).code).toBe(16);
    expect(failure(await create(undefined)).code).toBe(3);
    expect(failure(await create({ $case: 'jwt', value: 'x'.repeat(8001) })).code).toBe(3);
    expect(asked).toHaveLength(1);
  });
});
