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
import { Status } from '../../gen/google/rpc/status.js';
import { VisionError } from '../errors/errors.js';
import type { BoundMethod } from '../pipeline/call.js';
import type { IncomingCall, Outcome } from '../pipeline/incoming-call.js';
import { nameBytes } from '../pipeline/request-limits.js';
import { binaryMessage, type RequestMessage } from '../pipeline/request-message.js';
import type { BoundStreamMethod } from '../pipeline/stream-call.js';
import { raiseConnectionWindows, raiseStreamWindows } from './flow-control.js';
import { messageGuard, readOneByOne } from './message-guard.js';
import { addReflection } from './reflection.js';

/** The gRPC side: methods, health and reflection. */
export interface GrpcServer {
  /** Takes the connections of the port. */
  readonly injector: ConnectionInjector;
  /** Tells health checks whether calls are welcome. */
  setServing(serving: boolean): void;
  /** Resolves when the running calls are finished. */
  shutdown(): Promise<void>;
}

export interface GrpcOptions {
  /** How long a connection may live, so that clients spread over new replicas. 0 is for ever. */
  readonly maxConnectionAgeSeconds: number;
}

/** A connection that is silent for so long is asked whether it is alive. Dead clients' images leave the queue. */
const keepaliveMs = 30_000;
const keepaliveTimeoutMs = 10_000;
/** How long calls may go on over a connection that is too old. */
const ageGraceMs = 300_000;

export function createGrpcServer(
  methods: readonly BoundMethod[],
  streams: readonly BoundStreamMethod[],
  options: GrpcOptions,
): GrpcServer {
  const limits = new Map([...methods, ...streams].map((method) => [method.path, method.limits.messageBytes]));
  const server = new Server({
    interceptors: [messageGuard((path) => limits.get(path) ?? nameBytes)],
    // Answers are not limited: a page full of small print may pass the 4 MB that clients allow by default.
    'grpc.max_send_message_length': -1,
    'grpc.keepalive_time_ms': keepaliveMs,
    'grpc.keepalive_timeout_ms': keepaliveTimeoutMs,
    ...(options.maxConnectionAgeSeconds > 0 && {
      'grpc.max_connection_age_ms': options.maxConnectionAgeSeconds * 1000,
      'grpc.max_connection_age_grace_ms': ageGraceMs,
    }),
  });
  for (const method of methods) {
    server.addService(...serviceOf(method.path, (incoming, call) => method.call(incoming, () => onlyMessage(call))));
  }
  for (const method of streams) {
    server.addService(...serviceOf(method.path, (incoming, call) => method.call(incoming, messagesOf(call))));
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
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  raiseConnectionWindows(server);
  return { injector, setServing, shutdown: () => new Promise((resolve) => server.tryShutdown(() => resolve())) };
}

type Answer = (incoming: IncomingCall, call: ServerReadableStream<Buffer, Buffer>) => Promise<Outcome>;

/** A method as a service of grpc-js. */
function serviceOf(path: string, answerCall: Answer): [ServiceDefinition, UntypedServiceImplementation] {
  const [, , name = ''] = path.split('/');
  const answer = async (call: ServerReadableStream<Buffer, Buffer>, callback: sendUnaryData<Buffer>): Promise<void> => {
    readOneByOne(call);
    const disconnect = new AbortController();
    call.once('cancelled', () => disconnect.abort());
    const deadline = call.getDeadline();
    const incoming: IncomingCall = {
      transport: 'grpc',
      host: call.getHost(),
      header: (key) => call.metadata.get(key).map(String).at(0),
      disconnected: disconnect.signal,
      deadline: deadline === Infinity ? undefined : new Date(deadline),
    };
    const outcome = await answerCall(incoming, call);
    const metadata = new Metadata();
    for (const [key, value] of Object.entries(outcome.headers)) metadata.set(key, value);
    if ('response' in outcome) {
      call.sendMetadata(metadata);
      callback(null, outcome.response);
      return;
    }
    // An error goes in the trailers alone: clients lose the code when metadata were sent before it.
    const { code, message } = outcome.status;
    metadata.set('grpc-status-details-bin', Buffer.from(Status.encode(outcome.status).finish()));
    callback({ code, details: message, metadata });
  };
  const handle: handleClientStreamingCall<Buffer, Buffer> = (call, callback) => void answer(call, callback);
  // Messages stay bytes here: a malformed one is answered by the pipeline, where grpc-js would say INTERNAL.
  const asIs = (bytes: Buffer): Buffer => bytes;
  const definition: ServiceDefinition = {
    [name]: {
      path,
      // On the wire a unary call is a stream of one message. grpc-js hands a stream over when its headers are there,
      // a unary call when all of its megabytes are: too late to turn a stranger away.
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

/** The message of a unary call. A second one ends the call at once: nobody would take it. */
function onlyMessage(call: ServerReadableStream<Buffer, Buffer>): Promise<RequestMessage> {
  return new Promise((resolve, reject) => {
    let message: Buffer | undefined;
    const refuse = (problem: string): void => reject(VisionError.of('MALFORMED_BODY', { problem }));
    call.on('data', (received: Buffer) => {
      if (message === undefined) message = received;
      else refuse('it has more than one message');
    });
    call.once('error', reject);
    call.once('end', () => {
      if (message === undefined) refuse('it has no message');
      else resolve(binaryMessage(message));
    });
  });
}

/** Reads as fast as the messages are taken: a client that sends faster is held back by the connection. */
async function* messagesOf(call: ServerReadableStream<Buffer, Buffer>): AsyncGenerator<Buffer> {
  const messages: AsyncIterable<unknown> = call;
  for await (const message of messages) {
    if (Buffer.isBuffer(message)) yield message;
  }
}
