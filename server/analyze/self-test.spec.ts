import { describe, expect, it } from 'vitest';
import { Page, TextAnnotation, Word } from '../../gen/yandex/cloud/ai/vision/v1/text_detection.js';
import {
  AnalyzeResult,
  Feature_Type as Type,
  type Feature,
} from '../../gen/yandex/cloud/ai/vision/v1/vision_service.js';
import { VisionError } from '../errors/errors.js';
import type { Annotation } from '../features/feature.js';
import type { Image } from '../image/image.js';
import { silentLog } from '../telemetry/log.js';
import { analyzeImage } from './analyze-image.js';
import type { Engine } from './engine.js';
import { runSelfTest } from './self-test.js';

/** An engine with this text detection. */
function engineWith(
  read: (image: Image, config: Feature['config']) => Promise<Annotation>,
  maxPixels = 10_000_000,
): Engine {
  const features = new Map([[Type.TEXT_DETECTION, async () => ({ analyze: read })]]);
  const noPdf = { render: () => Promise.reject(new Error('no PDF')) };
  return {
    async analyze(spec, call) {
      const result = await analyzeImage(
        { features, pdf: noPdf, maxPixels, jobSeconds: 60, log: silentLog },
        spec,
        call,
      );
      return { response: AnalyzeResult.encode(result).finish(), stages: [] };
    },
    call: () => Promise.reject(new Error('no index')),
    ready: () => Promise.resolve(),
    status: () => undefined,
    close: () => Promise.resolve(),
  };
}

/** Text of one line. */
function textOf(...words: readonly string[]): Annotation {
  const line = { boundingBox: undefined, confidence: 1, words: words.map((text) => Word.create({ text })) };
  const page = Page.create({ blocks: [{ boundingBox: undefined, lines: [line] }] });
  return { $case: 'textDetection', value: TextAnnotation.create({ pages: [page] }) };
}

const never = new AbortController().signal;

describe('the self-test', () => {
  it('passes where the words of the sample are read, in all languages', async () => {
    const seen: unknown[] = [];
    const engine = engineWith(async ({ width, height }, config) => {
      seen.push([width > 100 && height > 100, config]);
      return textOf('INVOICE', 'and', 'Coffee', '12.50');
    });
    await expect(runSelfTest(engine, never)).resolves.toBeUndefined();
    expect(seen).toEqual([[true, { $case: 'textDetectionConfig', value: { languageCodes: ['*'], model: 'page' } }]]);
  });

  it.each<[string, () => Promise<Annotation>, RegExp]>([
    ['words are missing', async () => textOf('INVOICE', 'Cofee'), /self-test.*INVOICE Cofee.* Coffee, 12\.50/],
    ['nothing is read', async () => textOf(), /self-test.* INVOICE, Coffee, 12\.50/],
    ['the feature fails', () => Promise.reject(VisionError.of('STORAGE_FULL')), /self-test failed: .*full/],
    ['the engine fails', () => Promise.reject(new Error('no engine')), /self-test failed: .*TEXT_DETECTION/],
  ])('fails where %s, and says so', async (_, read, problem) => {
    await expect(runSelfTest(engineWith(read), never)).rejects.toThrow(problem);
  });

  it('fails where the sample does not pass the limits of the server', async () => {
    const engine = engineWith(async () => textOf('INVOICE', 'Coffee', '12.50'), 10);
    await expect(runSelfTest(engine, never)).rejects.toThrow(/self-test failed: .*pixels/);
  });

  it('ends with its signal', async () => {
    const stopped = new Error('stopped');
    const controller = new AbortController();
    const engine = engineWith(() => {
      controller.abort(stopped);
      return Promise.reject(new Error('late'));
    });
    await expect(runSelfTest(engine, controller.signal)).rejects.toBe(stopped);
  });
});
