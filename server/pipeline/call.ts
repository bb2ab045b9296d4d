import { methodDescriptor } from '../contract/descriptors.js';
import type { Validator } from '../contract/validator.js';
import { VisionError } from '../errors/errors.js';
import { messageOf } from '../errors/message-of.js';
import type { FolderQuota } from '../quota/quotas.js';
import { untilAborted } from '../threads/on-abort.js';
import type { IncomingCall, Outcome } from './incoming-call.js';
import { requestLimits, type RequestLimits } from './request-limits.js';
import type { RequestMessage } from './request-message.js';
import { runCall, type AuthenticatedCall, type Pipeline } from './run-call.js';
import { scanMessage } from './scan-message.js';

/** Context of a call, for its handler. */
export interface CallContext extends Omit<AuthenticatedCall, 'folderFor'> {
  /** Folder of the call. Empty for public methods, and if authentication is off and the request has no folder. */
  readonly folderId: string;
  /** What that folder may still use. Its request has been counted. */
  readonly quota: FolderQuota;
}

/** A method of a service: how to validate its requests and how to handle them. */
export interface Method<Request extends object, Response> {
  /** Gets the folder of a request, empty if it has none. `public` methods need no authentication and have no folder. */
  readonly folder: 'public' | ((request: Request) => string);
  readonly validate: Validator;
  readonly handle: (request: Request, context: CallContext) => Promise<Response>;
}

/** A method as transports see it: messages in, bytes out. */
export interface BoundMethod {
  /** `/package.Service/Method` */
  readonly path: string;
  /** Whether it needs no authentication. */
  readonly isPublic: boolean;
  readonly limits: RequestLimits;
  /**
   * @param readRequest returns the request, or throws a VisionError. Called after authentication, so that bodies of
   * unauthenticated callers are never read
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
 * Wraps a method in the pipeline that all protocols share. A request is authorized before it is validated, so that an
 * unauthorized caller learns nothing about a folder.
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
      runCall({ path, isPublic }, pipeline, incoming, async ({ folderFor, ...call }) => {
        const { record, signal } = call;
        signal.throwIfAborted();
        const message = await untilAborted(readRequest(), signal);
        record.requestBytes = message.bytes;
        const request = message.decode(parse);
        const folderId = folderFor(isPublic ? '' : folder(request));
        const quota = pipeline.quotas.of(folderId);
        if (!isPublic) quota.takeRequest();
        const violations = validate(request);
        if (violations.length > 0) throw VisionError.invalidRequest(violations);
        signal.throwIfAborted();
        return responseSerialize(await handle(request, { ...call, folderId, quota }));
      }),
  };
}

/**
 * Parses the requests of a method.
 * @returns a function that throws VisionError MALFORMED_BODY for bytes that are not a valid message or that exceed the
 * limits of scanMessage
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
      throw VisionError.of('MALFORMED_BODY', { problem: messageOf(error) });
    }
  };
}
