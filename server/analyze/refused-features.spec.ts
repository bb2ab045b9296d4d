import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  AnalyzeResult,
  BatchAnalyzeResponse,
  Feature_Type as Type,
  type AnalyzeSpec,
} from '../../gen/yandex/cloud/ai/vision/v1/vision_service.js';
import { Quotas } from '../quota/quotas.js';
import { CallRecord } from '../telemetry/call-record.js';
import { silentLog } from '../telemetry/log.js';
import { Admission } from './admission.js';
import { analyzeBatch } from './analyze-batch.js';
import type { Engine } from './engine.js';
import { samplePath } from './self-test.js';

const sample = readFileSync(samplePath);
const specOf = (content: Buffer, ...types: readonly Type[]): AnalyzeSpec => ({
  source: { $case: 'content', value: content },
  features: types.map((type) => ({ type, config: undefined })),
  mimeType: '',
});

/** Analyzes specs in a folder that has used up all but one of the 64 features that it may have at once. @returns codes of features, and what the engine was given */
async function analyze(...analyzeSpecs: AnalyzeSpec[]) {
  const quota = new Quotas({ requests: 0, images: 0, features: 1 }, () => 0).of('b1g');
  quota.takeFeatures(63);
  const given: Type[][] = [];
  const engine: Engine = {
    async analyze({ features }) {
      given.push(features.map(({ type }) => type));
      const results = features.map(() => ({ error: undefined, feature: undefined }));
      return { response: AnalyzeResult.encode({ error: undefined, results }).finish(), stages: [] };
    },
    call: () => Promise.reject(new Error('no index')),
    ready: () => Promise.resolve(),
    status: () => undefined,
    close: () => Promise.resolve(),
  };
  const admission = new Admission({ maxQueue: 8, maxPixelsInFlight: 1e7, workers: 2, maxWaitSeconds: 60 });
  const limits = {
    maxContentBytes: 1e6,
    maxPixels: 1e6,
    estimate: () => 10,
    imagesOnly: new Set<Type>(),
    log: silentLog,
  };
  const { signal } = new AbortController();
  const context = { requestId: 'the-call', record: new CallRecord(), signal, folderId: 'b1g', quota };
  const bytes = await analyzeBatch({ engine, admission, ...limits }, { analyzeSpecs, folderId: 'b1g' }, context);
  const { results } = BatchAnalyzeResponse.decode(bytes);
  return {
    given,
    codes: results.map(({ error, results: found }) => error?.code ?? found.map((feature) => feature.error?.code)),
  };
}

const { CLASSIFICATION, FACE_DETECTION, TEXT_DETECTION } = Type;

describe('features beyond the quota', () => {
  it('fail in their places, and the engine does not see them', async () => {
    const { codes, given } = await analyze(specOf(sample, TEXT_DETECTION, FACE_DETECTION, CLASSIFICATION));
    expect([codes, given]).toEqual([[[undefined, 8, 8]], [[TEXT_DETECTION]]]);
  });

  it('leave nothing to do for an image that has no others, unless it is none', async () => {
    const { codes, given } = await analyze(
      specOf(sample, TEXT_DETECTION),
      specOf(sample, TEXT_DETECTION, FACE_DETECTION),
      specOf(Buffer.from('no image'), TEXT_DETECTION),
    );
    expect([codes, given]).toEqual([[[undefined], [8, 8], 3], [[TEXT_DETECTION]]]);
  });
});
