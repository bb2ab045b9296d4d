import { beforeEach, describe, expect, it } from 'vitest';
import { drawPicture } from '../../../datasets/drawn/draw-picture.js';
import { ErrorInfo } from '../../../gen/google/rpc/error_details.js';
import {
  AddImageRequest,
  AddImageResponse,
  AddImagesRequest,
  AddImagesResponse,
  ImageIndexServiceService as service,
  SearchImagesRequest,
} from '../../../gen/visiond/index/v1/image_index_service.js';
import { Admission } from '../../analyze/admission.js';
import type { Engine } from '../../analyze/engine.js';
import { authenticateNobody } from '../../auth/principal.js';
import { anyOrigin } from '../../auth/request-origin.js';
import { VisionError } from '../../errors/errors.js';
import type { IncomingCall, Outcome } from '../../pipeline/incoming-call.js';
import { binaryMessage } from '../../pipeline/request-message.js';
import { Quotas } from '../../quota/quotas.js';
import { silentLog } from '../../telemetry/log.js';
import { Metrics } from '../../telemetry/metrics.js';
import { createImageIndexService } from './image-index-service.js';

/** What an engine answers to a method of the index. */
type Answer = (method: string) => Promise<Uint8Array>;

const folderId = 'b1g';
const incoming = (): IncomingCall => ({
  transport: 'grpc',
  host: undefined,
  peer: undefined,
  header: () => undefined,
  disconnected: new AbortController().signal,
  deadline: undefined,
});
let admission: Admission;
let quotas: Quotas;
beforeEach(() => {
  admission = new Admission({ maxQueue: 2, maxPixelsInFlight: 1_000_000, workers: 1, maxWaitSeconds: 60 });
  quotas = new Quotas({ requests: 0, images: 0, features: 0 });
});

function serve(answer: Answer) {
  const engine: Engine = {
    analyze: () => Promise.reject(new Error('no features')),
    call: async (method) => ({ response: await answer(method), stages: [] }),
    ready: () => Promise.resolve(),
    status: () => undefined,
    close: () => Promise.resolve(),
  };
  const pipeline = {
    checkOrigin: anyOrigin,
    authenticate: authenticateNobody,
    quotas,
    log: silentLog,
    metrics: new Metrics({ version: '', byFolder: false }),
    maxContentBytes: 1 << 20,
  };
  const limits = { maxContentBytes: 1 << 20, maxPixels: 1_000_000 };
  const { methods, streams } = createImageIndexService(
    { engine, admission, threads: 1, estimate: () => 10, ...limits },
    pipeline,
  );
  return {
    call: (path: string, request = Buffer.alloc(0)): Promise<Outcome> => {
      const method = methods.find((each) => each.path === path);
      if (method === undefined) throw new Error(`no ${path}`);
      return method.call(incoming(), async () => binaryMessage(request));
    },
    addImages: async (...images: readonly AddImageRequest[]): Promise<AddImagesResponse> => {
      async function* messages() {
        for (const image of images) {
          yield { bytes: Buffer.from(AddImagesRequest.encode({ image }).finish()), done: () => {} };
        }
      }
      const outcome = await streams[0]?.call(incoming(), messages());
      if (outcome === undefined || !('response' in outcome)) throw new Error('the stream failed');
      return AddImagesResponse.decode(outcome.response);
    },
  };
}

function reasonOf(outcome: Outcome): string {
  if ('response' in outcome) return '';
  const detail = outcome.status.details.find(({ typeUrl }) => typeUrl.endsWith('.ErrorInfo'));
  return ErrorInfo.decode(detail?.value ?? new Uint8Array()).reason;
}

/** An engine that works until it is released. */
function holding() {
  let release = (): void => {};
  const held = new Promise<Uint8Array>((resolve) => (release = () => resolve(new Uint8Array())));
  const asked: string[] = [];
  const answer: Answer = (method) => {
    asked.push(method);
    return held;
  };
  return { answer, asked, release };
}

describe('AddImages', () => {
  it('counts an image once, however often it waits for its turn', async () => {
    // One image, and the next one in 1000 s.
    quotas = new Quotas({ requests: 0, images: 0.001, features: 0 });
    quotas.of(folderId).takeImages(7);
    let left = 2;
    const { addImages } = serve(async () => {
      if (left-- > 0) throw VisionError.of('OVERLOADED', { seconds: 1 });
      return AddImageResponse.encode({ image: undefined, outcome: 1 }).finish();
    });
    const content = await drawPicture(1).jpeg().toBuffer();
    const { results } = await addImages(AddImageRequest.fromPartial({ folderId, content, id: 'one' }));
    expect([left, results.map(({ error }) => error)]).toEqual([-1, [undefined]]);
  });
});

describe('SearchImages', () => {
  it('waits for its turn with a signature, as BatchAnalyze does', async () => {
    const { answer, asked, release } = holding();
    const { call } = serve(answer);
    const request = Buffer.from(
      SearchImagesRequest.encode(
        SearchImagesRequest.fromPartial({
          folderId,
          source: { $case: 'signature', value: 'c2ln' },
        }),
      ).finish(),
    );
    const searches = [1, 2, 3, 4].map(() => call(service.searchImages.path, request));
    await expect.poll(() => asked.length).toBe(2);
    expect(reasonOf(await Promise.race(searches))).toBe('OVERLOADED');
    release();
    expect((await Promise.all(searches)).map(reasonOf)).toEqual(['', '', 'OVERLOADED', 'OVERLOADED']);
    expect(asked.length).toBe(2);
  });
});

describe('lookups', () => {
  it('are bounded over all of their methods', async () => {
    const { answer, asked, release } = holding();
    const { call } = serve(answer);
    const { listImages, getStats, compactIndex } = service;
    const paths = [listImages, getStats, compactIndex].map(({ path }) => path);
    const lookups = Array.from({ length: 256 }, (_, at) => call(paths[at % paths.length] ?? ''));
    await expect.poll(() => asked.length).toBe(256);
    for (const path of paths) expect(reasonOf(await call(path))).toBe('OVERLOADED');
    release();
    expect(new Set((await Promise.all(lookups)).map(reasonOf))).toEqual(new Set(['']));
    expect(reasonOf(await call(getStats.path))).toBe('');
  });
});
