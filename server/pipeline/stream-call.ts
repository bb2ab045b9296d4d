import { randomUUID } from 'node:crypto';
import { VisionError } from '../errors.js';
import { toRequestStatus } from '../status.js';
import type { Log } from '../telemetry/log.js';
import { callSignal, type CallContext, type IncomingCall, type Outcome } from './call.js';
import type { Validator } from './validator.js';

/** One message of a stream: a checked request, or the reason why it is none. */
export type StreamItem<Request> = { readonly request: Request } | { readonly error: VisionError };

/** A method that takes a stream of requests. A wrong one of them does not end the call. */
export interface StreamMethod<Request extends object, Response> {
  readonly validate: Validator;
  handle(requests: AsyncIterable<StreamItem<Request>>, context: CallContext): Promise<Response>;
}

/** A method as transports see it: binary messages in, one out. */
export interface BoundStreamMethod {
  /** `/package.Service/Method` */
  readonly path: string;
  call(incoming: IncomingCall, messages: AsyncIterable<Buffer>): Promise<Outcome>;
}

interface StreamDefinition<Request, Response> {
  readonly path: string;
  readonly requestDeserialize: (bytes: Buffer) => Request;
  readonly responseSerialize: (response: Response) => Buffer;
}

/** What `bindMethod` is for unary methods. */
export function bindStream<Request extends object, Response>(
  { path, requestDeserialize, responseSerialize }: StreamDefinition<Request, Response>,
  method: StreamMethod<Request, Response>,
  log: Log,
): BoundStreamMethod {
  const check = (bytes: Buffer): StreamItem<Request> => {
    try {
      const request = requestDeserialize(bytes);
      const violations = method.validate(request);
      return violations.length > 0 ? { error: VisionError.invalidRequest(violations) } : { request };
    } catch (error) {
      return { error: VisionError.of('MALFORMED_BODY', { problem: error instanceof Error ? error.message : String(error) }) };
    }
  };
  async function* checked(messages: AsyncIterable<Buffer>, signal: AbortSignal): AsyncGenerator<StreamItem<Request>> {
    for await (const bytes of messages) {
      signal.throwIfAborted();
      yield check(bytes);
    }
  }
  return {
    path,
    async call(incoming, messages) {
      const requestId = randomUUID();
      const started = performance.now();
      const { signal, release } = callSignal(incoming);
      let code = 0;
      try {
        return { requestId, response: responseSerialize(await method.handle(checked(messages, signal), { requestId, signal })) };
      } catch (error) {
        // A client that goes away ends its stream with an error: the signal has the better reason.
        const status = toRequestStatus(signal.aborted ? signal.reason : error, requestId);
        code = status.code;
        if (!(error instanceof VisionError) && !signal.aborted) log.error('call failed', { requestId, error });
        return { requestId, status };
      } finally {
        release();
        const milliseconds = Math.round(performance.now() - started);
        log.info('call', { requestId, transport: incoming.transport, method: path, code, milliseconds });
      }
    },
  };
}
