import { randomBytes, randomUUID } from 'node:crypto';
import type { Status } from '../../gen/google/rpc/status.js';
import { authorizeFolder, type Authenticate, type Principal } from '../auth/principal.js';
import { VisionError } from '../errors.js';
import type { Log } from '../telemetry/log.js';
import { toRequestStatus } from '../status.js';
import type { RequestMessage } from './request-message.js';
import type { Validator } from './validator.js';

/** What a transport knows of a call before its message is looked at. */
export interface IncomingCall {
  readonly transport: 'grpc' | 'rest';
  /** `host:port` by which the client called us. */
  readonly host: string | undefined;
  /** A header, or metadata of gRPC. @param name in lower case */
  header(name: string): string | undefined;
  /** Fires when the client went away. */
  readonly disconnected: AbortSignal;
  /** When the client stops waiting. */
  readonly deadline: Date | undefined;
}

/** What a handler is told of its call. */
export interface CallContext {
  readonly requestId: string;
  /** Fires with a VisionError when the client went away or the deadline passed. */
  readonly signal: AbortSignal;
  /** Folder that the call works in. Empty where authentication is off and the request names none, or for public methods. */
  readonly folderId: string;
  /** `host:port` by which the client called us, or a proxy before us. */
  readonly host: string | undefined;
}

/** One method of a service: what it checks and what it does. Transports know no more of it. */
export interface Method<Request extends object, Response> {
  /** Finds the folder in a request, empty where it names none. `public` methods answer everybody and have no folder. */
  readonly folder: 'public' | ((request: Request) => string);
  readonly validate: Validator;
  handle(request: Request, context: CallContext): Promise<Response>;
}

/** The way out: a response, or the status of the whole request. */
export type Outcome = { readonly headers: Readonly<Record<string, string>> } & (
  | { readonly response: Buffer }
  | { readonly status: Status }
);

/** A method as transports see it: messages in, bytes out. */
export interface BoundMethod {
  /** `/package.Service/Method` */
  readonly path: string;
  /** Whether it answers everybody, without authentication. */
  readonly isPublic: boolean;
  /**
   * @param readRequest gives the request, or throws the VisionError that the call deserves. It is called when the
   * caller is known, so that nobody's body is read for a stranger
   */
  call(incoming: IncomingCall, readRequest: () => Promise<RequestMessage>): Promise<Outcome>;
}

/** What ts-proto generates for a method. */
interface MethodDefinition<Request, Response> {
  readonly path: string;
  readonly requestDeserialize: (bytes: Buffer) => Request;
  readonly responseSerialize: (response: Response) => Buffer;
}

/** What all methods of a server share. */
export interface Pipeline {
  readonly authenticate: Authenticate;
  readonly log: Log;
}

/**
 * Wraps a method into the way in that all protocols share: ids, deadline, cancellation, authentication, authorisation,
 * validation, errors, log; in this order.
 */
export function bindMethod<Request extends object, Response>(
  definition: MethodDefinition<Request, Response>,
  method: Method<Request, Response>,
  { authenticate, log }: Pipeline,
): BoundMethod {
  const { path, requestDeserialize, responseSerialize } = definition;
  const parse = (message: RequestMessage): Request => {
    try {
      return message.decode(requestDeserialize);
    } catch (error) {
      throw VisionError.of('MALFORMED_BODY', { problem: error instanceof Error ? error.message : String(error) });
    }
  };
  const folderOf = (request: Request, principal: Principal | undefined, incoming: IncomingCall): string => {
    if (principal === undefined || method.folder === 'public') return '';
    return authorizeFolder(principal, method.folder(request) || (incoming.header('x-folder-id') ?? ''));
  };
  return {
    path,
    isPublic: method.folder === 'public',
    async call(incoming, readRequest) {
      const started = performance.now();
      const requestId = randomUUID();
      const traceId = traceIdOf(incoming);
      const headers = { 'x-request-id': requestId, 'x-server-trace-id': traceId };
      const clientRequestId = incoming.header('x-client-request-id')?.slice(0, maxIdLength);
      const { signal, release } = callSignal(incoming);
      let code = 0;
      let principal: Principal | undefined;
      try {
        if (method.folder !== 'public') principal = await authenticate(incoming.header('authorization'));
        const request = parse(await untilAborted(signal, readRequest));
        const folderId = folderOf(request, principal, incoming);
        const violations = method.validate(request);
        if (violations.length > 0) throw VisionError.invalidRequest(violations);
        signal.throwIfAborted();
        const host = incoming.header('x-forwarded-host') ?? incoming.host;
        return { headers, response: responseSerialize(await method.handle(request, { requestId, signal, folderId, host })) };
      } catch (error) {
        const status = toRequestStatus(error, requestId);
        code = status.code;
        if (!(error instanceof VisionError)) log.error('call failed', { requestId, error });
        return { headers, status };
      } finally {
        release();
        const milliseconds = Math.round(performance.now() - started);
        const ids = { requestId, traceId, clientRequestId, principal: principal?.id };
        log.info('call', { ...ids, transport: incoming.transport, method: path, code, milliseconds });
      }
    },
  };
}

/** Ids of clients go into the log as they come, but no longer than any id is. */
const maxIdLength = 128;

/** The trace of the caller where it sends one (https://www.w3.org/TR/trace-context/), else a new one. */
function traceIdOf(incoming: IncomingCall): string {
  const [, traceId] = /^[\da-f]{2}-([\da-f]{32})-[\da-f]{16}-[\da-f]{2}/.exec(incoming.header('traceparent') ?? '') ?? [];
  return traceId ?? randomBytes(16).toString('hex');
}

/** A timer cannot wait longer: 2^31 - 1 ms, 24 days. */
const maxTimeoutMs = 0x7fffffff;

function callSignal({ disconnected, deadline }: IncomingCall): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  const onDisconnect = (): void => controller.abort(VisionError.of('CANCELLED'));
  if (disconnected.aborted) onDisconnect();
  disconnected.addEventListener('abort', onDisconnect);
  const expire = (): void => controller.abort(VisionError.of('DEADLINE_EXCEEDED'));
  const remaining = deadline === undefined ? Infinity : deadline.getTime() - Date.now();
  if (remaining <= 0) expire();
  const timer = remaining > 0 && remaining <= maxTimeoutMs ? setTimeout(expire, remaining) : undefined;
  return {
    signal: controller.signal,
    release: () => {
      clearTimeout(timer);
      disconnected.removeEventListener('abort', onDisconnect);
    },
  };
}

/** The result of the task, or the reason of the signal as soon as it fires. */
async function untilAborted<Result>(signal: AbortSignal, task: () => Promise<Result>): Promise<Result> {
  signal.throwIfAborted();
  let onAbort = (): void => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(signal.reason);
  });
  signal.addEventListener('abort', onAbort);
  try {
    return await Promise.race([task(), aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
