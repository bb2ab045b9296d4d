import type { ServerHttp2Session } from 'node:http2';
import type { BlockList } from 'node:net';
import {
  Metadata,
  Server,
  ServerCredentials,
  type ConnectionInjector,
  type handleClientStreamingCall,
  type sendUnaryData,
  type ServerReadableStream,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { HealthImplementation } from 'grpc-health-check';
import { VisionError } from '../errors/errors.js';
import type { Reporting } from '../pipeline/call-report.js';
import type { BoundMethod } from '../pipeline/call.js';
import { resolveClient } from '../pipeline/client-address.js';
import type { IncomingCall, Outcome } from '../pipeline/incoming-call.js';
import type { Intake } from '../pipeline/intake.js';
import { nameBytes } from '../pipeline/request-limits.js';
import { binaryMessage, type RequestMessage } from '../pipeline/request-message.js';
import type { BoundStreamMethod, StreamMessage } from '../pipeline/stream-call.js';
import { http2ServersOf, limitHeaders, raiseConnectionWindows, raiseStreamWindows } from './flow-control.js';
import type { CallLimits, GuardedCall } from './guarded-call.js';
import { createMessageGuard, readOneByOne, type MessageGuard } from './message-guard.js';
import { CallObserver } from './observe-calls.js';
import { addReflection } from './reflection.js';
import { statusObject } from './status-object.js';

/** The gRPC server: methods, health and reflection. */
export interface GrpcServer {
  /** Accepts connections from the port. */
  readonly injector: ConnectionInjector;
  /** Sets the status that health checks return. */
  setServing(serving: boolean): void;
  /** Tells clients to reconnect elsewhere. Resolves when all calls have finished and their connections are closed. */
  shutdown(): Promise<void>;
}

export interface GrpcOptions extends Reporting {
  /** Maximum age of a connection, so that clients spread over new replicas. 0 means no limit. */
  readonly maxConnectionAgeSeconds: number;
  readonly intake: Intake;
}

/** Idle time after which a connection is pinged, so that images of dead clients leave the queue. */
const keepaliveMs = 30_000;
const keepaliveTimeoutMs = 10_000;
/** Open streams of a connection. Clients queue what exceeds them or open another connection. */
const maxStreams = 128;
/** What a connection may hold of headers and unsent answers before it gets no further streams. */
const sessionMegabytes = 64;
/** How long calls may continue on a connection past its maximum age. */
const ageGraceMs = 300_000;

export function createGrpcServer(
  methods: readonly BoundMethod[],
  streams: readonly BoundStreamMethod[],
  options: GrpcOptions,
): GrpcServer {
  const limits = new Map<string, CallLimits>([
    ...methods.map((method) => limitsOf(method, true)),
    ...streams.map((method) => limitsOf(method, false)),
  ]);
  const observer = new CallObserver(options, (path) => limits.has(path));
  const guard = createMessageGuard((path) => limits.get(path) ?? nameLimits, options.intake);
  const calls: Calls = { guard, observer, proxies: options.intake.proxies };
  const server = new Server({
    interceptors: [
      (method, call) => {
        observer.follow(call);
        return guard.interceptor(method, call);
      },
    ],
    // Responses are not limited: a page of small print can exceed the 4 MB that clients accept by default.
    'grpc.max_send_message_length': -1,
    'grpc.max_concurrent_streams': maxStreams,
    'grpc-node.max_session_memory': sessionMegabytes,
    'grpc.keepalive_time_ms': keepaliveMs,
    'grpc.keepalive_timeout_ms': keepaliveTimeoutMs,
    ...(options.maxConnectionAgeSeconds > 0 && {
      'grpc.max_connection_age_ms': options.maxConnectionAgeSeconds * 1000,
      'grpc.max_connection_age_grace_ms': ageGraceMs,
    }),
  });
  for (const method of methods) {
    const answer: Answer = (incoming, call, guarded) => method.call(incoming, () => onlyMessage(call, guarded));
    server.addService(...serviceOf(method.path, calls, answer));
  }
  for (const method of streams) {
    const answer: Answer = (incoming, call, guarded) => method.call(incoming, messagesOf(call, guarded));
    server.addService(...serviceOf(method.path, calls, answer));
  }
  const services = new Set([...methods, ...streams].map(({ path }) => path.split('/')[1] ?? ''));
  const health = new HealthImplementation();
  health.addToServer(server);
  addReflection(server, [...services, 'grpc.health.v1.Health', 'grpc.reflection.v1.ServerReflection']);
  const setServing = (serving: boolean): void => {
    for (const service of ['', ...services]) health.setStatus(service, serving ? 'SERVING' : 'NOT_SERVING');
  };
  setServing(false);
  raiseStreamWindows(server);
  limitHeaders(server);
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  const http2Servers = [...http2ServersOf(server)];
  raiseConnectionWindows(http2Servers);
  for (const http2 of http2Servers) {
    http2.prependListener('stream', (stream, headers) => guard.onStream(stream, headers));
  }
  observer.attach(server);
  return {
    injector,
    setServing,
    shutdown: () =>
      new Promise((resolve) => {
        // Sends every client a GOAWAY. Streams that come after it are refused, and safe to retry.
        server.tryShutdown(() => resolve());
        // Of these, it does not know: their TLS handshake, for example, was under way.
        for (const http2 of http2Servers) http2.on('session', (session: ServerHttp2Session) => session.close());
        guard.drain();
      }),
  };
}

/** Health and reflection: the name of a service or a type. */
const nameLimits: CallLimits = { messageBytes: nameBytes, isUnary: false, isAwaited: false };

function limitsOf({ path, limits }: BoundMethod | BoundStreamMethod, isUnary: boolean): [string, CallLimits] {
  return [path, { messageBytes: limits.messageBytes, isUnary, isAwaited: true }];
}

type Answer = (
  incoming: IncomingCall,
  call: ServerReadableStream<Buffer, Buffer>,
  guarded: GuardedCall | undefined,
) => Promise<Outcome>;

interface Calls {
  readonly observer: CallObserver;
  readonly guard: MessageGuard;
  /** Trusted proxies. */
  readonly proxies: BlockList;
}

/** A service definition for grpc-js. */
function serviceOf(
  path: string,
  { guard, observer, proxies }: Calls,
  answerCall: Answer,
): [ServiceDefinition, UntypedServiceImplementation] {
  const [, , name = ''] = path.split('/');
  const answer = async (call: ServerReadableStream<Buffer, Buffer>, callback: sendUnaryData<Buffer>): Promise<void> => {
    readOneByOne(call);
    const guarded = guard.of(call.metadata);
    guarded?.onDrop((error) => call.destroy(error));
    const disconnect = new AbortController();
    call.once('cancelled', () => disconnect.abort());
    const notes = observer.notesOn(call.metadata);
    const header = (key: string): string | undefined => call.metadata.get(key).map(String).at(0);
    // `ADDRESS:PORT`, without brackets.
    const address = call.getPeer().replace(/:\d+$/, '');
    const incoming: IncomingCall = {
      transport: 'grpc',
      ...resolveClient({ address, host: call.getHost(), header }, proxies),
      sentCode: () => notes.code,
      header,
      disconnected: disconnect.signal,
      get deadline() {
        if (notes.timeoutProblem !== undefined) throw notes.timeoutProblem;
        const deadline = call.getDeadline();
        return deadline === Infinity ? undefined : new Date(deadline);
      },
    };
    const outcome = await answerCall(incoming, call, guarded);
    notes.folder = outcome.folder ?? '';
    const metadata = new Metadata();
    for (const [key, value] of Object.entries(outcome.headers)) metadata.set(key, value);
    const trailers = new Metadata();
    if (outcome.timing !== undefined) trailers.set('server-timing', outcome.timing);
    if ('response' in outcome) {
      call.sendMetadata(metadata);
      callback(null, outcome.response, trailers);
      return;
    }
    metadata.merge(trailers);
    callback(statusObject(outcome.status, metadata));
  };
  const handle: handleClientStreamingCall<Buffer, Buffer> = (call, callback) => void answer(call, callback);
  // Messages stay bytes here: for a malformed one, the pipeline returns a proper error where grpc-js would return
  // INTERNAL.
  const asIs = (bytes: Buffer): Buffer => bytes;
  const definition: ServiceDefinition = {
    [name]: {
      path,
      // On the wire, a unary call is a stream of one message. grpc-js dispatches a stream when its headers arrive, but
      // a unary call only after its whole message: too late to reject an unauthenticated caller.
      requestStream: true,
      responseStream: false,
      requestSerialize: asIs,
      requestDeserialize: asIs,
      responseSerialize: asIs,
      responseDeserialize: asIs,
    },
  };
  return [definition, { [name]: handle }];
}

/** The message of a unary call. A second message fails the call immediately, and so does a client that leaves. */
function onlyMessage(
  call: ServerReadableStream<Buffer, Buffer>,
  guarded: GuardedCall | undefined,
): Promise<RequestMessage> {
  return new Promise((resolve, reject) => {
    let message: Buffer | undefined;
    const refuse = (problem: string): void => reject(VisionError.of('MALFORMED_BODY', { problem }));
    call.on('data', (received: Buffer) => {
      if (message === undefined) message = received;
      else refuse('it has more than one message');
    });
    call.once('error', reject);
    const leave = (): void => reject(VisionError.of('CANCELLED'));
    // A client that leaves while its message waits for memory causes nothing else.
    call.once('close', leave);
    call.once('end', () => {
      if (message !== undefined) resolve(binaryMessage(message));
      else if (guarded?.isReset === true) leave();
      else refuse('it has no message');
    });
  });
}

/** Applies backpressure: reads only as fast as messages are consumed. */
async function* messagesOf(
  call: ServerReadableStream<Buffer, Buffer>,
  guarded: GuardedCall | undefined,
): AsyncGenerator<StreamMessage> {
  const messages: AsyncIterable<unknown> = call;
  for await (const message of messages) {
    if (Buffer.isBuffer(message)) yield { bytes: message, done: () => guarded?.release(message) };
  }
}
