import {
  credentials,
  makeGenericClientConstructor,
  Metadata,
  status as grpcCode,
  type Client,
  type ServiceError,
  type StatusObject,
} from '@grpc/grpc-js';
import { Status } from '../../gen/google/rpc/status.js';
import { registry } from '../contract/descriptors.js';
import { VisionError } from '../errors/errors.js';
import { toRequestStatus } from '../errors/status.js';
import { CallReport } from '../pipeline/call-report.js';
import type { BoundMethod } from '../pipeline/call.js';
import type { IncomingCall } from '../pipeline/incoming-call.js';
import { requestLimits, type RequestLimits } from '../pipeline/request-limits.js';
import type { Pipeline } from '../pipeline/run-call.js';

/** Another visiond, to which this server forwards all calls. */
export interface Upstream {
  /** All unary methods, forwarded. */
  readonly methods: readonly BoundMethod[];
  /** Polls the health of the upstream from now on and reports every change. */
  watch(onChange: (serving: boolean) => void): void;
  close(): void;
}

const watchEveryMs = 1000;
const healthTimeoutMs = 2000;
/** When clients should try again, in seconds: the connection is retried every second. */
const upstreamRetrySeconds = 5;
/** Health.Check of the whole server. The response is SERVING. */
const healthRequest = Buffer.alloc(0);
const servingResponse = Buffer.from([8, 1]);
/** Headers that are forwarded to the upstream. */
const forwardedHeaders = ['authorization', 'x-folder-id', 'x-client-request-id', 'traceparent'] as const;

export interface UpstreamOptions extends Pick<Pipeline, 'checkOrigin' | 'log' | 'metrics' | 'maxContentBytes'> {
  /** CA of its certificate, PEM. Without it, the connection is plaintext. */
  readonly ca: Buffer | undefined;
}

/** @param address `host:port` */
export function createUpstream(address: string, options: UpstreamOptions): Upstream {
  const { ca, maxContentBytes } = options;
  const GenericClient = makeGenericClientConstructor({}, 'Upstream');
  const client = new GenericClient(
    address,
    ca === undefined ? credentials.createInsecure() : credentials.createSsl(ca),
    {
      // The upstream enforces the limits.
      'grpc.max_send_message_length': -1,
      'grpc.max_receive_message_length': -1,
      'grpc.max_reconnect_backoff_ms': watchEveryMs,
      // Many large responses can be in flight at the same time: a window of 64 KB is too small.
      'grpc-node.flow_control_window': 16 << 20,
    },
  );
  let watcher: NodeJS.Timeout | undefined;
  return {
    methods: ourMethods().map((path) => forwardTo(client, path, requestLimits(path, maxContentBytes), options)),
    watch(onChange) {
      let known = false;
      const ask = async (): Promise<void> => {
        const deadline = new Date(Date.now() + healthTimeoutMs);
        const answer = await send(client, '/grpc.health.v1.Health/Check', healthRequest, new Metadata(), deadline);
        const serving = 'response' in answer && answer.response.equals(servingResponse);
        if (serving !== known) onChange(serving);
        known = serving;
      };
      watcher = setInterval(() => void ask(), watchEveryMs);
      void ask();
    },
    close() {
      clearInterval(watcher);
      client.close();
    },
  };
}

/** Health and reflection are not forwarded. */
function ourMethods(): string[] {
  return [...registry]
    .filter((descriptor) => descriptor.kind === 'service')
    .filter(({ typeName }) => !typeName.startsWith('grpc.'))
    .flatMap(({ typeName, methods }) =>
      methods.filter(({ methodKind }) => methodKind === 'unary').map(({ name }) => `/${typeName}/${name}`),
    );
}

function forwardTo(client: Client, path: string, limits: RequestLimits, options: UpstreamOptions): BoundMethod {
  return {
    path,
    // The upstream authenticates callers.
    isPublic: false,
    limits,
    async call(incoming, readRequest) {
      const report = new CallReport('forwarded', path, incoming, options);
      const { requestId } = report;
      try {
        options.checkOrigin({ host: incoming.host, origin: incoming.header('origin') });
        const message = await readRequest();
        report.record.requestBytes = message.bytes;
        const { deadline, disconnected } = incoming;
        const metadata = metadataFor(incoming, report.outgoingHeaders());
        const answer = await send(client, path, message.binary(), metadata, deadline, disconnected);
        const timing = textOf(answer.trailers, 'server-timing');
        if ('response' in answer) {
          return report.end({ response: answer.response }, { headers: idsOf(answer.initial, requestId), timing });
        }
        const headers = idsOf(answer.trailers, requestId);
        return report.end({ status: statusOf(answer.error, headers['x-request-id'] ?? '') }, { headers, timing });
      } catch (error) {
        if (!(error instanceof VisionError)) options.log.error('call failed', { requestId, error });
        return report.end({ status: toRequestStatus(error, requestId) }, { headers: { 'x-request-id': requestId } });
      }
    },
  };
}

/** What the upstream needs to know of a call. */
function metadataFor(incoming: IncomingCall, traceHeaders: Readonly<Record<string, string>>): Metadata {
  const metadata = new Metadata();
  for (const name of forwardedHeaders) {
    const value = incoming.header(name);
    if (value !== undefined) metadata.set(name, value);
  }
  for (const [name, value] of Object.entries(traceHeaders)) metadata.set(name, value);
  // The upstream believes them if it trusts this server as a proxy.
  if (incoming.host !== undefined) metadata.set('x-forwarded-host', incoming.host);
  if (incoming.peer !== undefined) metadata.set('x-forwarded-for', incoming.peer);
  return metadata;
}

type Answer = { readonly trailers: Metadata } & (
  | { readonly response: Buffer; readonly initial: Metadata }
  | { readonly error: ServiceError }
);

function send(
  client: Client,
  path: string,
  request: Buffer,
  metadata: Metadata,
  deadline: Date | undefined,
  disconnected?: AbortSignal,
): Promise<Answer> {
  const asIs = (bytes: Buffer): Buffer => bytes;
  return new Promise((resolve) => {
    let initial = new Metadata();
    let result: { response: Buffer; initial: Metadata } | { error: ServiceError } = { error: noResponse() };
    const cancel = (): void => call.cancel();
    const options = deadline === undefined ? {} : { deadline };
    const call = client.makeUnaryRequest(path, asIs, asIs, request, metadata, options, (error, response) => {
      if (error !== null) result = { error };
      else if (response !== undefined) result = { response, initial };
    });
    call.on('metadata', (received: Metadata) => (initial = received));
    // Comes last.
    call.on('status', ({ metadata: trailers }: StatusObject) => {
      disconnected?.removeEventListener('abort', cancel);
      resolve({ trailers, ...result });
    });
    disconnected?.addEventListener('abort', cancel);
    if (disconnected?.aborted === true) cancel();
  });
}

function noResponse(): ServiceError {
  return Object.assign(new Error('no response'), {
    code: grpcCode.INTERNAL,
    details: 'no response',
    metadata: new Metadata(),
  });
}

/** The IDs that the upstream assigned to the call, so that both logs agree. */
function idsOf(metadata: Metadata, requestId: string): Record<string, string> {
  const traceId = textOf(metadata, 'x-server-trace-id');
  return {
    'x-request-id': textOf(metadata, 'x-request-id') ?? requestId,
    ...(traceId !== undefined && { 'x-server-trace-id': traceId }),
  };
}

function textOf(metadata: Metadata, name: string): string | undefined {
  return metadata.get(name).map(String).at(0);
}

function statusOf({ code, details, metadata }: ServiceError, requestId: string): Status {
  const [packed] = metadata.get('grpc-status-details-bin');
  if (Buffer.isBuffer(packed)) return Status.decode(packed);
  // A status without details does not come from the upstream but from the connection to it.
  if (code === grpcCode.UNAVAILABLE) {
    return toRequestStatus(VisionError.of('UPSTREAM_UNAVAILABLE', { seconds: upstreamRetrySeconds }), requestId);
  }
  if (code === grpcCode.DEADLINE_EXCEEDED) return toRequestStatus(VisionError.of('DEADLINE_EXCEEDED'), requestId);
  if (code === grpcCode.CANCELLED) return toRequestStatus(VisionError.of('CANCELLED'), requestId);
  return { code, message: details, details: [] };
}
