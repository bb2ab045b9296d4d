import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { ErrorInfo } from '../../gen/google/rpc/error_details.js';
import { Feature_Type as Type, type AnalyzeSpec } from '../../gen/yandex/cloud/ai/vision/v1/vision_service.js';
import type { Annotation, FeatureAnalyzer } from '../features/feature.js';
import { silentLog } from '../telemetry/log.js';
import { analyzeImage } from './analyze-image.js';
import type { EngineStage } from './engine.js';
import { samplePath } from './self-test.js';

const found: Annotation = { $case: 'classification', value: { properties: [] } };
const spec: AnalyzeSpec = {
  source: { $case: 'content', value: readFileSync(samplePath) },
  features: [Type.TEXT_DETECTION, Type.CLASSIFICATION].map((type) => ({ type, config: undefined })),
  mimeType: '',
};

/** Analyzes the sample by a text detection that ends only with its signal, and a classification that ends at once. */
async function analyze(jobSeconds: number, signal = new AbortController().signal, content = spec.source) {
  const reasons: unknown[] = [];
  const endless: FeatureAnalyzer['analyze'] = (_image, _config, call) =>
    new Promise((_resolve, reject) =>
      call.signal.addEventListener('abort', () => {
        reasons.push(call.signal.reason);
        reject(call.signal.reason);
      }),
    );
  const features = new Map([
    [Type.TEXT_DETECTION, async () => ({ analyze: endless })],
    [Type.CLASSIFICATION, async () => ({ analyze: async () => found })],
  ]);
  const stages: EngineStage[] = [];
  const call = { requestId: 'the-call', folderId: '', signal };
  const result = await analyzeImage(
    {
      features,
      pdf: { render: () => Promise.reject(new Error('no PDF')) },
      maxPixels: 1e7,
      jobSeconds,
      log: silentLog,
    },
    { ...spec, source: content },
    call,
    stages,
  );
  return { result, stages, reasons };
}

describe('a feature that takes too long', () => {
  it('fails, and is told to stop, and the others of its image do not', async () => {
    const { result, reasons, stages } = await analyze(0.05);
    const [text, classification] = result.results;
    expect(text?.error).toMatchObject({
      code: 4,
      message: 'TEXT_DETECTION took longer than 0.05 s on this image',
    });
    expect(ErrorInfo.decode(text?.error?.details[0]?.value ?? Buffer.alloc(0)).reason).toBe('FEATURE_TOO_SLOW');
    expect(classification).toEqual({ error: undefined, feature: found });
    expect(reasons).toEqual([expect.objectContaining({ reason: 'FEATURE_TOO_SLOW' })]);
    expect(stages.map(({ name }) => name)).toEqual(['decode', 'CLASSIFICATION', 'TEXT_DETECTION']);
  });

  it('fails with its call where that ends before', async () => {
    const controller = new AbortController();
    const gone = new Error('gone');
    const analysis = analyze(60, controller.signal);
    setTimeout(() => controller.abort(gone), 50);
    await expect(analysis).rejects.toBe(gone);
  });
});

describe('an image with a side that is too long', () => {
  it('is not decoded, and all of its features fail', async () => {
    const pixels = sharp(Buffer.alloc(65_536), { raw: { width: 1, height: 65_536, channels: 1 } });
    const source = { $case: 'content', value: await pixels.png().toBuffer() } as const;
    const { result, stages } = await analyze(60, undefined, source);
    const message = 'The image has 1 x 65536 pixels; the limit of its sides is 65535';
    expect(result.error).toBeUndefined();
    expect(result.results.map(({ error }) => [error?.code, error?.message])).toEqual([
      [3, message],
      [3, message],
    ]);
    expect(stages.map(({ name }) => name)).not.toContain('decode');
  });
});
