import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  AnalyzeResult,
  BatchAnalyzeResponse,
  Feature_Type as Type,
  type AnalyzeSpec,
} from '../../gen/yandex/cloud/ai/vision/v1/vision_service.js';
import { VisionError } from '../errors/errors.js';
import { CallRecord } from '../telemetry/call-record.js';
import { silentLog, type Log } from '../telemetry/log.js';
import { Admission } from './admission.js';
import { analyzeBatch } from './analyze-batch.js';
import type { Engine } from './engine.js';
import { samplePath } from './self-test.js';

const sample = readFileSync(samplePath);
const specs: AnalyzeSpec[] = [sample, Buffer.alloc(0), sample, sample].map((value) => ({
  source: { $case: 'content', value },
  features: [{ type: Type.CLASSIFICATION, config: undefined }],
  mimeType: '',
}));

const logged: string[] = [];
const log: Log = {
  ...silentLog,
  error: (message, fields) => void logged.push(`${message} ${String(fields?.['requestId'])}`),
};
let admission: Admission;
beforeEach(() => {
  logged.length = 0;
  // One image at a time.
  admission = new Admission({ maxQueue: 8, maxPixelsInFlight: 1, workers: 2, maxWaitSeconds: 60 });
});

async function analyze(run: Engine['analyze'], record = new CallRecord()): Promise<BatchAnalyzeResponse> {
  const engine = {
    analyze: run,
    call: () => Promise.reject(new Error('no index')),
    ready: () => Promise.resolve(),
    status: () => undefined,
    close: () => Promise.resolve(),
  };
  const limits = { maxContentBytes: 1e6, maxPixels: 1e6 };
  const context = { requestId: 'the-call', record, signal: new AbortController().signal, folderId: 'b1g' };
  const dependencies = { ...limits, engine, admission, estimate: () => 10, imagesOnly: new Set<Type>(), log };
  return BatchAnalyzeResponse.decode(await analyzeBatch(dependencies, { analyzeSpecs: specs, folderId: '' }, context));
}

/** An empty result of a feature. */
const response = AnalyzeResult.encode({
  error: undefined,
  results: [{ error: undefined, feature: undefined }],
}).finish();

describe('the record of a call', () => {
  it('has what its images took, by their positions', async () => {
    const record = new CallRecord();
    const stages = [{ name: 'decode', startMs: 1, endMs: 2 }];
    const { results } = await analyze(async () => ({ response, stages }), record);
    expect(results.map(({ error, results: found }) => [error?.code, found.length])).toEqual([
      [undefined, 1],
      [3, 0],
      [undefined, 1],
      [undefined, 1],
    ]);
    expect(record).toMatchObject({ images: 4, features: 4 });
    expect(record.stages.map(({ name, image }) => `${name} ${image}`)).toEqual([
      'queue 0',
      'decode 0',
      'queue 2',
      'decode 2',
      'queue 3',
      'decode 3',
    ]);
    const waits = record.stages.filter(({ name }) => name === 'queue').map(({ startMs, endMs }) => endMs - startMs);
    expect(record.queueMs).toBe(Math.max(...waits));
  });
});

describe('an engine that is lost', () => {
  it('fails the whole call, so that the client sends it again, and starts none of its other images', async () => {
    let calls = 0;
    const lost = VisionError.of('ENGINE_LOST', { seconds: 2 });
    const call = analyze(() => {
      calls++;
      return Promise.reject(lost);
    });
    await expect(call).rejects.toBe(lost);
    expect([calls, logged]).toEqual([1, []]);
    await expect.poll(() => admission.status).toMatchObject({ running: 0, waiting: 0 });
  });

  it('is an error of the file for anything else, which the log has', async () => {
    const { results } = await analyze(() => Promise.reject(new Error('secret')));
    expect(results.map(({ error }) => error?.code)).toEqual([13, 3, 13, 13]);
    expect(JSON.stringify(results)).not.toContain('secret');
    expect(logged).toEqual(Array(3).fill('file failed the-call'));
  });
});
