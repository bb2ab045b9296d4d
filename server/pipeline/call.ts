import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import type { Status } from '../../gen/google/rpc/status.js';
import { VisionError } from '../errors.js';
import type { Log } from '../telemetry/log.js';
import { toRequestStatus } from '../status.js';
import type { Validator } from './validator.js';

/** What a transport knows of a call before its message is looked at. */
export interface IncomingCall {
  readonly transport: 'grpc' | 'rest';
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
}

/** One method of a service: what it checks and what it does. Transports know no more of it. */
export interface Method<Request extends object, Response> {
  readonly validate: Validator;
  handle(request: Request, context: CallContext): Promise<Response>;
}

/** The way out: a response, or the status of the whole request. */
export type Outcome =
  | { readonly requestId: string; readonly response: Buffer }
  | { readonly requestId: string; readonly status: Status };

/** A method as transports see it: binary messages in and out. */
export interface BoundMethod {
  /** `/package.Service/Method` */
  readonly path: string;
  /** @param readRequest gives the binary request, or throws the VisionError that the call deserves */
  call(incoming: IncomingCall, readRequest: () => Buffer): Promise<Outcome>;
}

/** What ts-proto generates for a method. */
interface MethodDefinition<Request, Response> {
  readonly path: string;
  readonly requestDeserialize: (bytes: Buffer) => Request;
  readonly responseSerialize: (response: Response) => Buffer;
}

/** Wraps a method into the way in that all protocols share: request id, deadline, cancellation, validation, errors, log. */
export function bindMethod<Request extends object, Response>(
  definition: MethodDefinition<Request, Response>,
  method: Method<Request, Response>,
  log: Log,
): BoundMethod {
  const { path, requestDeserialize, responseSerialize } = definition;
  const parse = (bytes: Buffer): Request => {
    try {
      return requestDeserialize(bytes);
    } catch (error) {
      throw VisionError.of('MALFORMED_BODY', { problem: error instanceof Error ? error.message : String(error) });
    }
  };
  const run = async (readRequest: () => Buffer, context: CallContext): Promise<Buffer> => {
    const request = parse(readRequest());
    const violations = method.validate(request);
    if (violations.length > 0) throw VisionError.invalidRequest(violations);
    context.signal.throwIfAborted();
    return responseSerialize(await method.handle(request, context));
  };
  return {
    path,
    async call(incoming, readRequest) {
      const requestId = randomUUID();
      const started = performance.now();
      const { signal, release } = callSignal(incoming);
      let code = 0;
      try {
        return { requestId, response: await run(readRequest, { requestId, signal }) };
      } catch (error) {
        const status = toRequestStatus(error, requestId);
        code = status.code;
        if (!(error instanceof VisionError)) log.error('call failed', { requestId, error });
        return { requestId, status };
      } finally {
        release();
        const milliseconds = Math.round(performance.now() - started);
        log.info('call', { requestId, transport: incoming.transport, method: path, code, milliseconds });
      }
    },
  };
}

/** A timer cannot wait longer: 2^31 - 1 ms, 24 days. */
const maxTimeoutMs = 0x7fffffff;

/** Joins what ends a call early into one signal. `release` when the call is over. */
export function callSignal({ disconnected, deadline }: IncomingCall): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  // One listener for every job of the call: there may be dozens.
  setMaxListeners(0, controller.signal);
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
