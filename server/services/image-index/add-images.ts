import { setImmediate, setTimeout } from 'node:timers/promises';
import {
  AddOutcome,
  type AddImageRequest,
  type AddImageResponse,
  type AddImagesRequest,
  type AddImagesResponse,
  type AddImagesResult,
} from '../../../gen/visiond/index/v1/image_index_service.js';
import { VisionError } from '../../errors/errors.js';
import { toStatus } from '../../errors/status.js';
import type { CallContext } from '../../pipeline/call.js';
import type { StreamContext, StreamItem } from '../../pipeline/stream-call.js';
import type { Log } from '../../telemetry/log.js';

/** Context of an image that is added. */
export interface AddContext extends Pick<CallContext, 'requestId' | 'record' | 'signal' | 'folderId'> {
  /** Takes what it counts of the quota of its folder. @throws VisionError QUOTA_EXCEEDED */
  readonly takeQuota: () => void;
}

/** Images of one stream that are processed at the same time, per thread. */
const imagesPerThread = 2;
/**
 * Maximum failed images per stream. A few bytes are enough for an image that fails, and the response holds an error for
 * each.
 */
const maxFailures = 10_000;
/** Reasons why an image of a stream waits: the server is overloaded, or its folder has used up a quota. */
const waitReasons: ReadonlySet<string> = new Set(['OVERLOADED', 'QUOTA_EXCEEDED']);
/** Delay before such an image is retried. */
const retryMs = 200;

interface AddImagesDependencies {
  readonly add: (request: AddImageRequest, context: AddContext) => Promise<AddImageResponse>;
  /** Inference threads. */
  readonly threads: number;
  readonly log: Log;
}

/**
 * Adds the images of a stream. Results keep the order of the stream; a failed image does not affect the others.
 * @throws VisionError STREAM_ABANDONED after too many failures, or the signal's reason
 */
export async function addImages(
  dependencies: AddImagesDependencies,
  items: AsyncIterable<StreamItem<AddImagesRequest>>,
  context: StreamContext,
): Promise<AddImagesResponse> {
  const results: AddImagesResult[] = [];
  const source = items[Symbol.asyncIterator]();
  let next = 0;
  let failures = 0;
  // Several readers share the stream: each takes the next image when it is done with its own.
  const addSome = async (): Promise<void> => {
    for (;;) {
      const position = next++;
      const { done, value } = await source.next();
      if (done === true) return;
      const result = await addItem(dependencies, value, context);
      value.done();
      results[position] = result;
      if (result.error === undefined) continue;
      const problem = result.error.message;
      if (++failures > maxFailures) throw VisionError.of('STREAM_ABANDONED', { limit: maxFailures, problem });
      // Yield to other calls between messages that cost nothing.
      await setImmediate();
    }
  };
  await Promise.all(Array.from({ length: imagesPerThread * dependencies.threads }, addSome));
  return { results };
}

async function addItem(
  { add, log }: AddImagesDependencies,
  item: StreamItem<AddImagesRequest>,
  { requestId, record, signal }: StreamContext,
): Promise<AddImagesResult> {
  if ('error' in item) return failed(item.error, requestId);
  const { request, folderId, quota } = item;
  if (request.image === undefined) return failed(missingImage(), requestId);
  let isCounted = false;
  // However often it is retried.
  const takeQuota = (): void => {
    if (!isCounted) quota.takeImageOfIndex();
    isCounted = true;
  };
  for (;;) {
    try {
      const { image, outcome } = await add(request.image, { requestId, record, signal, folderId, takeQuota });
      return { error: undefined, id: image?.id ?? '', outcome };
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof VisionError && waitReasons.has(error.reason))) {
        if (!(error instanceof VisionError)) log.error('add failed', { requestId, error });
        return failed(error, requestId);
      }
      // A stream waits; meanwhile, backpressure holds back the rest of it.
      await setTimeout(retryMs);
    }
  }
}

function failed(error: unknown, requestId: string): AddImagesResult {
  return { error: toStatus(error, requestId), id: '', outcome: AddOutcome.ADD_OUTCOME_UNSPECIFIED };
}

function missingImage(): VisionError {
  return VisionError.invalidRequest([{ field: 'image', description: 'is required' }]);
}
