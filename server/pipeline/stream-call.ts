import type { Validator } from '../contract/validator.js';
import { VisionError } from '../errors/errors.js';
import type { FolderQuota } from '../quota/quotas.js';
import { createParser, type MethodDefinition } from './call.js';
import type { IncomingCall, Outcome } from './incoming-call.js';
import { requestLimits, type RequestLimits } from './request-limits.js';
import { runCall, type AuthenticatedCall, type Pipeline } from './run-call.js';

/** One message of a stream: a valid request, its folder and what that may still use, or an error. */
export type StreamItem<Request> = Pick<StreamMessage, 'done'> &
  (
    | { readonly request: Request; readonly folderId: string; readonly quota: FolderQuota }
    | { readonly error: VisionError }
  );

/** One message of a stream as transports see it. */
export interface StreamMessage {
  readonly bytes: Buffer;
  /** Gives back its memory. To be called when it is no longer needed. */
  readonly done: () => void;
}

/** Context of a stream, for its handler. */
export type StreamContext = Pick<AuthenticatedCall, 'requestId' | 'record' | 'signal' | 'host'>;

/** A method that takes a stream of requests. An invalid request does not end the call. */
export interface StreamMethod<Request extends object, Response> {
  /** Gets the folder of a request, empty if it has none. */
  readonly folder: (request: Request) => string;
  readonly validate: Validator;
  readonly handle: (requests: AsyncIterable<StreamItem<Request>>, context: StreamContext) => Promise<Response>;
}

/** A method as transports see it: binary messages in, one out. */
export interface BoundStreamMethod {
  /** `/package.Service/Method` */
  readonly path: string;
  /** Limits of each message. */
  readonly limits: RequestLimits;
  call(incoming: IncomingCall, messages: AsyncIterable<StreamMessage>): Promise<Outcome>;
}

/** Wraps a client-streaming method in the pipeline, as `bindMethod` does for unary ones. */
export function bindStream<Request extends object, Response>(
  { path, requestDeserialize, responseSerialize }: MethodDefinition<Request, Response>,
  { folder, validate, handle }: StreamMethod<Request, Response>,
  pipeline: Pipeline,
): BoundStreamMethod {
  const parse = createParser(path, requestDeserialize);
  const check = ({ bytes, done }: StreamMessage, folderFor: AuthenticatedCall['folderFor']): StreamItem<Request> => {
    try {
      const request = parse(bytes);
      const folderId = folderFor(folder(request));
      const violations = validate(request);
      if (violations.length > 0) return { error: VisionError.invalidRequest(violations), done };
      return { request, folderId, quota: pipeline.quotas.of(folderId), done };
    } catch (error) {
      if (error instanceof VisionError) return { error, done };
      throw error;
    }
  };
  async function* checked(
    messages: AsyncIterable<StreamMessage>,
    { signal, record, folderFor }: AuthenticatedCall,
  ): AsyncGenerator<StreamItem<Request>> {
    let isCounted = false;
    for await (const message of messages) {
      signal.throwIfAborted();
      record.requestBytes += message.bytes.length;
      const item = check(message, folderFor);
      // The stream is one request, of the folder that it names first.
      if (!isCounted && 'quota' in item) {
        item.quota.takeRequest();
        isCounted = true;
      }
      yield item;
    }
  }
  return {
    path,
    limits: requestLimits(path, pipeline.maxContentBytes),
    call: (incoming, messages) =>
      runCall({ path, isPublic: false }, pipeline, incoming, async (call) => {
        const { requestId, record, signal, host } = call;
        return responseSerialize(await handle(checked(messages, call), { requestId, record, signal, host }));
      }),
  };
}
