import sharp from 'sharp';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ErrorInfo } from '../../gen/google/rpc/error_details.js';
import type { Status } from '../../gen/google/rpc/status.js';
import {
  AnalyzeResult,
  AnalyzeSpec,
  BatchAnalyzeResponse,
  Feature_Type as Type,
  type Feature,
} from '../../gen/yandex/cloud/ai/vision/v1/vision_service.js';
import { VisionError } from '../errors/errors.js';
import type { Annotation, FeatureAnalyzer, ImageCall } from '../features/feature.js';
import { decodeImage } from '../image/decode-image.js';
import type { Image } from '../image/image.js';
import { CallRecord } from '../telemetry/call-record.js';
import { silentLog, type Log } from '../telemetry/log.js';
import { Admission } from './admission.js';
import { analyzeBatch } from './analyze-batch.js';
import { analyzeImage, type AnalysisDependencies } from './analyze-image.js';
import type { BatchDependencies } from './batch.js';
import type { Engine, EngineStage } from './engine.js';

/** A feature as these tests have it: what it makes of an image. */
type Analyze = (image: Image, call: ImageCall) => Promise<Annotation>;

const logged: string[] = [];
let admission: Admission;
beforeEach(() => {
  logged.length = 0;
  admission = new Admission({ maxQueue: 8, maxPixelsInFlight: 10_000, workers: 2, maxWaitSeconds: 60 });
});

/** The features of these tests: classification is `classify`, copy search reads signatures, faces fail, text is missing. */
function analysisOf(classify: Analyze): AnalysisDependencies {
  const opened = (analyzer: FeatureAnalyzer) => async (): Promise<FeatureAnalyzer> => analyzer;
  return {
    features: new Map([
      [Type.CLASSIFICATION, opened({ analyze: (decoded, _config, call) => classify(decoded, call) })],
      [Type.FACE_DETECTION, opened({ analyze: () => Promise.reject(new Error('secret path')) })],
      [
        Type.IMAGE_COPY_SEARCH,
        opened({
          analyze: () => Promise.reject(VisionError.of('STORAGE_FULL')),
          readSignature(signature) {
            if (signature === 'damaged') throw VisionError.of('SIGNATURE_UNREADABLE', { problem: 'it is damaged' });
            return async (_config, { folderId }) => copies(signature + folderId);
          },
        }),
      ],
    ]),
    pdf: { render: () => Promise.reject(new Error('no PDF')) },
    maxPixels: 1_000_000,
    jobSeconds: 60,
    log,
  };
}

const log: Log = {
  ...silentLog,
  error: (message, fields) => void logged.push(`${message} ${String(fields?.['requestId'])}`),
};

/** An engine in this process that has these features and nothing else. */
function engineOf(classify: Analyze): Engine {
  return {
    async analyze(spec, call) {
      const stages: EngineStage[] = [];
      const result = await analyzeImage(analysisOf(classify), spec, call, stages);
      return { response: AnalyzeResult.encode(result).finish(), stages };
    },
    call: () => Promise.reject(new Error('no index')),
    ready: () => Promise.resolve(),
    status: () => undefined,
    close: () => Promise.resolve(),
  };
}

function dependenciesOf(engine: Engine): BatchDependencies {
  return {
    engine,
    admission,
    maxContentBytes: 5000,
    maxPixels: 1_000_000,
    estimate: () => 10,
    imagesOnly: new Set(),
    log,
  };
}

/** Whether no image is in flight: only then are as many as fit admitted. */
function isIdle(): boolean {
  try {
    admission.enter('', eight).leave();
    return admission.status.running + admission.status.waiting === 0;
  } catch {
    return false;
  }
}
const eight = Array(8).fill({ pixels: 1, milliseconds: 1 });

const say = (name: string): Annotation => ({
  $case: 'classification',
  value: { properties: [{ name, probability: 1 }] },
});
const copies = (title: string): Annotation => ({
  $case: 'imageCopySearch',
  value: { copyCount: 1n, topResults: [{ imageUrl: '', pageUrl: '', title, description: '' }] },
});
/** Says how wide the image is. */
const width: Analyze = async (image) => say(`${image.width} wide`);

let small: Buffer;
let wide: Buffer;
beforeAll(async () => {
  const gray = (columns: number): Promise<Buffer> =>
    sharp({ create: { width: columns, height: 10, channels: 3, background: 'gray' } })
      .png()
      .toBuffer();
  [small, wide] = await Promise.all([gray(20), gray(600)]);
});

const features = (...types: readonly Type[]): Feature[] => types.map((type) => ({ type, config: undefined }));
const image = (content: Buffer, ...types: readonly Type[]): AnalyzeSpec => ({
  source: { $case: 'content', value: content },
  features: features(...(types.length === 0 ? [Type.CLASSIFICATION] : types)),
  mimeType: '',
});
const signed = (signature: string, ...types: readonly Type[]): AnalyzeSpec => ({
  source: { $case: 'signature', value: signature },
  features: features(...types),
  mimeType: '',
});

async function analyze(
  specs: readonly AnalyzeSpec[],
  feature: Analyze = width,
  signal = new AbortController().signal,
): Promise<BatchAnalyzeResponse> {
  const request = { analyzeSpecs: [...specs], folderId: '' };
  const context = { requestId: 'the-call', record: new CallRecord(), signal, folderId: 'b1g' };
  return BatchAnalyzeResponse.decode(await analyzeBatch(dependenciesOf(engineOf(feature)), request, context));
}

/** A response in a word for every feature, or one for a file that failed. */
function outline({ results }: BatchAnalyzeResponse): unknown {
  return results.map(({ error, results: found }) =>
    error === undefined
      ? found.map(({ error: problem, feature }) => {
          if (problem !== undefined) return reasonOf(problem);
          if (feature?.$case === 'classification') return feature.value.properties[0]?.name;
          return feature?.$case === 'imageCopySearch' ? feature.value.topResults[0]?.title : undefined;
        })
      : [reasonOf(error), found.length],
  );
}

function reasonOf({ details }: Status): string {
  return ErrorInfo.decode(details[0]?.value ?? Buffer.alloc(0)).reason;
}

const { CLASSIFICATION, FACE_DETECTION, IMAGE_COPY_SEARCH, TEXT_DETECTION, TYPE_UNSPECIFIED, UNRECOGNIZED } = Type;

describe('results', () => {
  it('keep the order and the length of the request, whichever image is done first', async () => {
    const ends: Array<() => void> = [];
    const inReverse: Analyze = async ({ width: columns }) => {
      await new Promise<void>((resolve) => {
        ends.push(resolve);
        if (ends.length === 3) for (const end of ends.toReversed()) end();
      });
      return say(`${columns} wide`);
    };
    const specs = [image(small, CLASSIFICATION, TEXT_DETECTION, CLASSIFICATION), image(wide)];
    expect(outline(await analyze(specs, inReverse))).toEqual([
      ['20 wide', 'FEATURE_UNIMPLEMENTED', '20 wide'],
      ['600 wide'],
    ]);
  });

  it('are those of one decoded image for all of its features, with its content and folder', async () => {
    const seen: Array<[Image, ImageCall]> = [];
    await analyze([image(small, CLASSIFICATION, CLASSIFICATION)], async (decoded, call) => {
      seen.push([decoded, call]);
      return say('');
    });
    expect(seen).toHaveLength(2);
    expect(seen[0]?.[0]).toBe(seen[1]?.[0]);
    expect(seen[0]?.[1]).toMatchObject({ content: small, folderId: 'b1g' });
  });
});

describe('the error of a feature', () => {
  it('stays its own', async () => {
    const specs = [image(small, FACE_DETECTION, CLASSIFICATION, IMAGE_COPY_SEARCH), image(wide)];
    const response = await analyze(specs);
    expect(outline(response)).toEqual([['FEATURE_FAILED', '20 wide', 'STORAGE_FULL'], ['600 wide']]);
    // What nobody has foreseen is in the log, and not in the response.
    expect(logged).toEqual(['feature failed the-call']);
    expect(response.results[0]?.results[0]?.error?.message).toMatch(/FACE_DETECTION.*the-call/);
    expect(response.results[0]?.results[0]?.error?.message).not.toContain('secret');
  });

  it.each([
    [TYPE_UNSPECIFIED, 'FEATURE_TYPE_UNKNOWN'],
    [UNRECOGNIZED, 'FEATURE_TYPE_UNKNOWN'],
    [TEXT_DETECTION, 'FEATURE_UNIMPLEMENTED'],
  ])('of type %i is %s where there is no engine', async (type, reason) => {
    expect(outline(await analyze([image(small, type), signed('s', type)]))).toEqual([[reason], [reason]]);
    expect(logged).toEqual([]);
  });
});

describe('the error of a file', () => {
  it('stays its own', async () => {
    const tooLarge = await sharp({ create: { width: 2000, height: 600, channels: 3, background: 'gray' } })
      .png()
      .toBuffer();
    const specs = [
      image(Buffer.from('GIF89a'), CLASSIFICATION, FACE_DETECTION),
      image(Buffer.alloc(0)),
      image(Buffer.alloc(5001)),
      image(tooLarge),
      image(small.subarray(0, -30)),
      image(small),
    ];
    expect(outline(await analyze(specs))).toEqual([
      ['NOT_AN_IMAGE', 0],
      ['CONTENT_EMPTY', 0],
      ['CONTENT_TOO_LARGE', 0],
      ['TOO_MANY_PIXELS', 0],
      ['IMAGE_UNREADABLE', 0],
      ['20 wide'],
    ]);
    expect(logged).toEqual([]);
  });
});

describe('a signature', () => {
  it('is enough for the features that read it', async () => {
    const specs = [signed('s in ', IMAGE_COPY_SEARCH, CLASSIFICATION, IMAGE_COPY_SEARCH), image(small)];
    expect(outline(await analyze(specs))).toEqual([['s in b1g', 'CONTENT_NEEDED', 's in b1g'], ['20 wide']]);
  });

  it('that cannot be read is the error of its file, whatever its features are', async () => {
    expect(outline(await analyze([signed('damaged', CLASSIFICATION), signed('s', IMAGE_COPY_SEARCH)]))).toEqual([
      ['SIGNATURE_UNREADABLE', 0],
      ['sb1g'],
    ]);
  });
});

describe('admission', () => {
  it('refuses a request whole, and forgets one that has ended', async () => {
    const others = admission.enter('b1g', eight.slice(1));
    await expect(analyze([image(small), image(small)])).rejects.toMatchObject({ reason: 'OVERLOADED' });
    others.leave();
    await analyze([image(small), image(Buffer.alloc(0))]);
    expect(isIdle()).toBe(true);
  });

  // Of 6000 pixels each, where 10000 fit.
  it('analyzes one image at a time where their pixels do not fit together', async () => {
    let inside = 0;
    let most = 0;
    const response = await analyze([image(wide), image(wide), image(wide)], async () => {
      most = Math.max(most, ++inside);
      // As long as another image would need to get here.
      await decodeImage(wide, 6000);
      await decodeImage(wide, 6000);
      inside--;
      return say('done');
    });
    expect([outline(response), most]).toEqual([[['done'], ['done'], ['done']], 1]);
  });

  it('analyzes images side by side where their pixels fit', async () => {
    const ends: Array<() => void> = [];
    const response = await analyze([image(small), image(wide), image(small)], async () => {
      await new Promise<void>((resolve) => {
        ends.push(resolve);
        if (ends.length === 3) for (const end of ends) end();
      });
      return say('together');
    });
    expect(outline(response)).toEqual([['together'], ['together'], ['together']]);
  });
});

describe('a call that ends early', () => {
  const cancelled = VisionError.of('CANCELLED');

  it('fails with the reason of its signal, starts nothing that waits, and leaves', async () => {
    const controller = new AbortController();
    let started = 0;
    const untilAborted: Analyze = (_image, { signal }) => {
      started++;
      controller.abort(cancelled);
      return Promise.reject(signal.reason);
    };
    const call = analyze([image(wide), image(wide), image(wide)], untilAborted, controller.signal);
    await expect(call).rejects.toBe(cancelled);
    expect([started, logged]).toEqual([1, []]);
    await expect.poll(isIdle).toBe(true);
  });

  it.each([
    ['with the reason of its signal', () => cancelled],
    ['in whatever way it ends then', () => new Error('no')],
  ])('fails where its only feature fails %s', async (_, reason) => {
    const controller = new AbortController();
    const untilAborted: Analyze = () => {
      controller.abort(cancelled);
      return Promise.reject(reason());
    };
    await expect(analyze([image(small)], untilAborted, controller.signal)).rejects.toBe(cancelled);
    expect(logged).toEqual([]);
  });

  it('starts no feature of an image that is being decoded', async () => {
    const controller = new AbortController();
    let started = 0;
    const call = analyze(
      [image(small)],
      async () => {
        started++;
        return say('late');
      },
      controller.signal,
    );
    controller.abort(cancelled);
    await expect(call).rejects.toBe(cancelled);
    expect([started, isIdle()]).toEqual([0, true]);
  });

  it('fails as a whole where it ended before', async () => {
    await expect(analyze([image(small)], width, AbortSignal.abort(cancelled))).rejects.toBe(cancelled);
  });
});
