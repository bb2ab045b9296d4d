import { describe, expect, it } from 'vitest';
import { Page, TextAnnotation, Word } from '../../gen/yandex/cloud/ai/vision/v1/text_detection.js';
import { Feature_Type as Type, type Feature } from '../../gen/yandex/cloud/ai/vision/v1/vision_service.js';
import { VisionError } from '../errors/errors.js';
import type { Annotation } from '../features/feature.js';
import type { Image } from '../image/image.js';
import { silentLog } from '../telemetry/log.js';
import { Admission } from './admission.js';
import type { BatchDependencies } from './analyze-batch.js';
import { runSelfTest } from './self-test.js';

/** A server with this text detection. */
function serverWith(read: (image: Image, config: Feature['config']) => Promise<Annotation>): BatchDependencies {
  return {
    features: new Map([[Type.TEXT_DETECTION, async () => ({ analyze: read })]]),
    admission: new Admission({ maxQueue: 1, maxPixelsInFlight: 10_000_000 }),
    maxContentBytes: 10_000_000,
    maxPixels: 10_000_000,
    log: silentLog,
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
    const server = serverWith(async ({ width, height }, config) => {
      seen.push([width > 100 && height > 100, config]);
      return textOf('INVOICE', 'and', 'Coffee', '12.50');
    });
    await expect(runSelfTest(server, never)).resolves.toBeUndefined();
    expect(seen).toEqual([[true, { $case: 'textDetectionConfig', value: { languageCodes: ['*'], model: 'page' } }]]);
  });

  it.each<[string, () => Promise<Annotation>, RegExp]>([
    ['words are missing', async () => textOf('INVOICE', 'Cofee'), /self-test.*INVOICE Cofee.* Coffee, 12\.50/],
    ['nothing is read', async () => textOf(), /self-test.* INVOICE, Coffee, 12\.50/],
    ['the feature fails', () => Promise.reject(VisionError.of('STORAGE_FULL')), /self-test failed: .*full/],
    ['the engine fails', () => Promise.reject(new Error('no engine')), /self-test failed: .*TEXT_DETECTION/],
  ])('fails where %s, and says so', async (_, read, problem) => {
    await expect(runSelfTest(serverWith(read), never)).rejects.toThrow(problem);
  });

  it('fails where the sample does not pass the limits of the server', async () => {
    const server = { ...serverWith(async () => textOf('INVOICE', 'Coffee', '12.50')), maxPixels: 10 };
    await expect(runSelfTest(server, never)).rejects.toThrow(/self-test failed: .*pixels/);
  });

  it('ends with its signal', async () => {
    const stopped = new Error('stopped');
    const controller = new AbortController();
    const server = serverWith(() => {
      controller.abort(stopped);
      return Promise.reject(new Error('late'));
    });
    await expect(runSelfTest(server, controller.signal)).rejects.toBe(stopped);
  });
});
