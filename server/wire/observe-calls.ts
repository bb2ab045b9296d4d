import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { BlockList } from 'node:net';
import { Metadata, status as grpcCode, type Server } from '@grpc/grpc-js';
import { Status as StatusMessage } from '../../gen/google/rpc/status.js';
import { registry } from '../contract/descriptors.js';
import { VisionError } from '../errors/errors.js';
import { toRequestStatus } from '../errors/status.js';
import type { Reporting } from '../pipeline/call-report.js';
import { resolveClient } from '../pipeline/client-address.js';
import type { Intake } from '../pipeline/intake.js';
import { parseTimeout } from '../pipeline/timeout.js';
import type { GrpcType } from '../telemetry/metrics.js';
import { http2ServersOf } from './flow-control.js';
import { streamOf, type InterceptedCall } from './stream-of-call.js';

type Status = Parameters<InterceptedCall['sendStatus']>[0];

/** What the wire knows of a call, and learns from its handler. */
export interface CallNotes {
  readonly path: string;
  readonly peer: string;
  readonly started: number;
  /** MALFORMED_HEADER if the client sent a grpc-timeout that is none. */
  readonly timeoutProblem: unknown;
  /** Folder that the caller may use, empty if there is none. */
  folder: string;
  /** Code of the status that was sent. */
  code: number | undefined;
}

const maxPathLength = 256;
/** How health checks end: those that watch are cancelled. */
const usualCodes: ReadonlySet<number> = new Set([grpcCode.OK, grpcCode.CANCELLED]);
const types = {
  unary: 'unary',
  client_streaming: 'client_stream',
  server_streaming: 'server_stream',
  bidi_streaming: 'bidi_stream',
} as const satisfies Record<string, GrpcType>;

/**
 * Counts every gRPC call by the status that the client gets, also where grpc-js sends it on its own, and logs those that
 * reach no method of ours. grpc-js has no hooks for either, so private fields of its server and its calls are used;
 * observe-calls.spec.ts checks that they still work.
 */
export class CallObserver {
  readonly #reporting: Reporting;
  readonly #proxies: BlockList;
  readonly #isOurs: (path: string) => boolean;
  readonly #byStream = new WeakMap<ServerHttp2Stream, CallNotes>();
  readonly #byMetadata = new WeakMap<Metadata, CallNotes>();

  /** @param isOurs whether the pipeline logs the calls of a path */
  constructor(reporting: Reporting & { readonly intake: Intake }, isOurs: (path: string) => boolean) {
    this.#reporting = reporting;
    this.#proxies = reporting.intake.proxies;
    this.#isOurs = isOurs;
  }

  /**
   * Watches all streams of a server. Call it after the server has created its connection injector.
   * @throws Error if the internals of grpc-js have changed
   */
  attach(server: Server): void {
    const handlers: unknown = Reflect.get(server, 'handlers');
    if (!(handlers instanceof Map) || handlers.size === 0) throw new Error('grpc-js no longer has handlers');
    const known: ReadonlyMap<unknown, unknown> = handlers;
    for (const http2 of http2ServersOf(server)) {
      http2.prependListener('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
        this.#open(stream, headers, known.has(headers[':path']));
      });
    }
  }

  /** Follows a call of a known path, from an interceptor that is given grpc-js's own call. */
  follow(call: InterceptedCall): void {
    const stream = streamOf(call);
    const metadata: unknown = Reflect.get(call, 'metadata');
    const notes = this.#byStream.get(stream);
    if (notes === undefined) throw new Error('grpc-js no longer has the streams of its calls');
    if (metadata instanceof Metadata) this.#byMetadata.set(metadata, notes);
    const send = call.sendStatus.bind(call);
    call.sendStatus = (status) => {
      const sent = isMalformed(status) ? malformedStatus() : status;
      if (!stream.destroyed) this.#end(notes, sent.code);
      send(sent);
    };
  }

  /** The notes on a call, by the metadata that its handler got. */
  notesOn(metadata: Metadata): CallNotes {
    const notes = this.#byMetadata.get(metadata);
    if (notes === undefined) throw new Error('grpc-js no longer passes on the metadata of its calls');
    return notes;
  }

  #open(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, isKnown: boolean): void {
    const path = String(headers[':path']);
    const { peer = '' } = resolveClient(
      {
        address: stream.session?.socket.remoteAddress,
        host: undefined,
        header: (name) => headers[name]?.toString(),
      },
      this.#proxies,
    );
    const timeoutProblem = problemOf(() => parseTimeout(headers['grpc-timeout']?.toString()));
    // grpc-js would answer with INTERNAL. Our methods name the header; health checks go on without a deadline.
    if (timeoutProblem !== undefined) delete headers['grpc-timeout'];
    if (headers['content-type']?.startsWith('application/grpc') !== true) {
      return this.#watchOther(stream, headers, peer);
    }
    const notes: CallNotes = { path, peer, started: performance.now(), timeoutProblem, folder: '', code: undefined };
    this.#byStream.set(stream, notes);
    stream.once('close', () => this.#end(notes, isKnown ? grpcCode.CANCELLED : grpcCode.UNIMPLEMENTED));
  }

  /** HTTP/2 without gRPC gets 415 from grpc-js. */
  #watchOther(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, peer: string): void {
    const started = performance.now();
    stream.once('close', () => {
      const milliseconds = performance.now() - started;
      const [method, status] = [String(headers[':method']), Number(stream.sentHeaders?.[':status'] ?? 499)];
      this.#reporting.metrics.httpHandled({
        method,
        route: 'unknown',
        status,
        seconds: milliseconds / 1000,
        folder: '',
      });
      this.#reporting.log.info('request', {
        peer,
        transport: 'http2',
        verb: method,
        path: String(headers[':path']).split('?', 1)[0]?.slice(0, maxPathLength),
        status,
        milliseconds: Math.round(milliseconds),
      });
    });
  }

  #end(notes: CallNotes, code: number): void {
    if (notes.code !== undefined) return;
    notes.code = code;
    const { path, peer, folder } = notes;
    const milliseconds = performance.now() - notes.started;
    this.#reporting.metrics.grpcHandled({ ...labelsOf(path), code, seconds: milliseconds / 1000, folder });
    if (this.#isOurs(path)) return;
    const isDull = path.startsWith('/grpc.health.') && usualCodes.has(code);
    this.#reporting.log[isDull ? 'debug' : 'info']('request', {
      peer,
      transport: 'grpc',
      method: path.slice(0, maxPathLength),
      code,
      milliseconds: Math.round(milliseconds),
    });
  }
}

/** Service, method and type for metrics. A path that clients invented is none of ours. */
function labelsOf(path: string): { service: string; method: string; type: GrpcType } {
  const [, service = '', name = ''] = path.split('/');
  // The older name of the reflection service is not in proto/.
  const described = registry.getService(service.replace('.v1alpha.', '.v1.'));
  const method = described?.methods.find((each) => each.name === name);
  if (method === undefined) return { service: 'unknown', method: 'unknown', type: 'unary' };
  return { service, method: name, type: types[method.methodKind] };
}

/** What grpc-js says about a message of a health check or of reflection that it cannot parse. */
function isMalformed({ code, details }: Status): boolean {
  return code === grpcCode.INTERNAL && details.startsWith('Error deserializing request');
}

function malformedStatus(): Status {
  const requestId = randomUUID();
  const problem = 'it is not a message of the type that the method takes';
  const { code, message, details } = toRequestStatus(VisionError.of('MALFORMED_BODY', { problem }), requestId);
  const metadata = new Metadata();
  metadata.set('x-request-id', requestId);
  metadata.set('grpc-status-details-bin', Buffer.from(StatusMessage.encode({ code, message, details }).finish()));
  return { code, details: message, metadata };
}

function problemOf(task: () => unknown): unknown {
  try {
    task();
    return undefined;
  } catch (error) {
    return error;
  }
}
