import { methodDescriptor } from '../contract/descriptors.js';
import type { Validator } from '../contract/validator.js';
import { VisionError } from '../errors/errors.js';
import type { IncomingCall, Outcome } from './incoming-call.js';
import { requestLimits, type RequestLimits } from './request-limits.js';
import type { RequestMessage } from './request-message.js';
import { runCall, type OpenCall, type Pipeline } from './run-call.js';
import { scanMessage } from './scan-message.js';

/** What a handler is told of its call. */
export interface CallContext extends Omit<OpenCall, 'folderFor'> {
  /** Folder that the call works in. Empty where authentication is off and the request names none, or for public methods. */
  readonly folderId: string;
}

/** One method of a service: what it checks and what it does. Transports know no more of it. */
export interface Method<Request extends object, Response> {
  /** Finds the folder in a request, empty where it names none. `public` methods answer everybody and have no folder. */
  readonly folder: 'public' | ((request: Request) => string);
  readonly validate: Validator;
  readonly handle: (request: Request, context: CallContext) => Promise<Response>;
}

/** A method as transports see it: messages in, bytes out. */
export interface BoundMethod {
  /** `/package.Service/Method` */
  readonly path: string;
  /** Whether it answers everybody, without authentication. */
  readonly isPublic: boolean;
  readonly limits: RequestLimits;
  /**
   * @param readRequest gives the request, or throws the VisionError that the call deserves. It is called when the
   * caller is known, so that nobody's body is read for a stranger
   */
  call(incoming: IncomingCall, readRequest: () => Promise<RequestMessage>): Promise<Outcome>;
}

/** What ts-proto generates for a method. */
export interface MethodDefinition<Request, Response> {
  readonly path: string;
  readonly requestDeserialize: (bytes: Buffer) => Request;
  readonly responseSerialize: (response: Response) => Buffer;
}

/**
 * Wraps a method into the way in that all protocols share. A request is authorized before it is validated: a stranger
 * learns nothing of what a folder would take.
 */
export function bindMethod<Request extends object, Response>(
  { path, requestDeserialize, responseSerialize }: MethodDefinition<Request, Response>,
  { folder, validate, handle }: Method<Request, Response>,
  pipeline: Pipeline,
): BoundMethod {
  const isPublic = folder === 'public';
  const parse = createParser(path, requestDeserialize);
  return {
    path,
    isPublic,
    limits: requestLimits(path, pipeline.maxContentBytes),
    call: (incoming, readRequest) =>
      runCall({ path, isPublic }, pipeline, incoming, async ({ requestId, signal, host, folderFor }) => {
        const message = await untilAborted(signal, readRequest);
        const request = message.decode(parse);
        const folderId = folderFor(isPublic ? '' : folder(request));
        const violations = validate(request);
        if (violations.length > 0) throw VisionError.invalidRequest(violations);
        signal.throwIfAborted();
        return responseSerialize(await handle(request, { requestId, signal, folderId, host }));
      }),
  };
}

/**
 * Reads the requests of a method from their binary form.
 * @returns a function that throws VisionError MALFORMED_BODY for what is no such message, or one that costs too much
 */
export function createParser<Request>(
  path: string,
  deserialize: (bytes: Buffer) => Request,
): (bytes: Buffer) => Request {
  const { input } = methodDescriptor(path);
  return (bytes) => {
    scanMessage(input, bytes);
    try {
      return deserialize(bytes);
    } catch (error) {
      throw VisionError.of('MALFORMED_BODY', { problem: error instanceof Error ? error.message : String(error) });
    }
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
