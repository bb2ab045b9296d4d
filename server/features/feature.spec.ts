import { describe, expect, it } from 'vitest';
import { Feature_Type, type Feature } from '../../gen/yandex/cloud/ai/vision/v1/vision_service.js';
import { readConfig } from '../config.js';
import { openSqliteIndex } from '../image-index/sqlite-index.js';
import type { Image } from '../image/image.js';
import { silentLog } from '../telemetry/log.js';
import { Readiness } from '../telemetry/readiness.js';
import { WorkerPool } from '../threads/worker-pool.js';
import { defineFeature, requestBy, type Annotation, type FeatureDependencies } from './feature.js';

type NoJobs = { idle: { input: undefined; output: undefined } };

/** A feature that says how bright the first pixel is, if its settings name the model for that. */
const brightness = defineFeature({
  type: Feature_Type.CLASSIFICATION,
  annotation: 'classification',
  config: 'classificationConfig',
  work: { base: 1, perMegapixel: 1 },
  open: async (_dependencies: FeatureDependencies<NoJobs>) => ({
    analyze: async (image, settings) => ({
      $case: 'classification',
      value: { properties: [{ name: settings?.model ?? 'none', probability: (image.rgb[0] ?? 0) / 255 }] },
    }),
    readSignature: (signature) => async (settings) => ({
      $case: 'classification',
      value: { properties: [{ name: `${settings?.model ?? 'none'} of ${signature}`, probability: 1 }] },
    }),
  }),
  loadJobs: async () => ({ idle: async () => undefined }),
  request: requestBy({}, () => []),
  heading: (settings) => settings?.model ?? 'classification',
  summarize: ({ properties }) => properties.map(({ name }) => `${name}\n`).join(''),
});

const image: Image = { width: 1, height: 1, rgb: new Uint8Array(new SharedArrayBuffer(3)).fill(255) };
const call = { folderId: '', signal: new AbortController().signal, content: new Uint8Array(), layer: [] };
const config = readConfig({}, {});
const dependencies = {
  // Nothing is run on it, so that it needs no threads.
  pool: new WorkerPool<NoJobs>({ name: 'empty', entry: new URL(import.meta.url), size: 0, workerData: undefined }),
  index: openSqliteIndex('/nowhere/index.db'),
  config,
  readiness: new Readiness(silentLog),
};
const ownConfig: Feature['config'] = { $case: 'classificationConfig', value: { model: 'red' } };
const otherConfig: Feature['config'] = { $case: 'textDetectionConfig', value: { languageCodes: ['*'], model: '' } };

describe('defineFeature', () => {
  it('passes the settings of its own config, or none', async () => {
    const { analyze, readSignature } = await brightness.open(dependencies);
    const found = (name: string) => ({ $case: 'classification', value: { properties: [{ name, probability: 1 }] } });
    expect(await analyze(image, ownConfig, call)).toEqual(found('red'));
    expect(await analyze(image, undefined, call)).toEqual(found('none'));
    expect(await readSignature?.('s')(ownConfig, call)).toEqual(found('red of s'));
  });

  it('refuses the config of another feature', async () => {
    const { analyze, readSignature } = await brightness.open(dependencies);
    const refusal = 'Incorrect feature configuration: CLASSIFICATION takes classification_config';
    await expect(analyze(image, otherConfig, call)).rejects.toThrow(refusal);
    await expect(readSignature?.('s')(otherConfig, call)).rejects.toThrow(refusal);
  });

  it('prints what it found itself, and nothing of others', () => {
    const found: Annotation = { $case: 'classification', value: { properties: [{ name: 'red', probability: 1 }] } };
    expect([
      brightness.summarize(found),
      brightness.summarize({ $case: 'faceDetection', value: { faces: [] } }),
    ]).toEqual(['red\n', '']);
    expect(brightness.overlay(found)).toEqual({ outlines: [], texts: [] });
    expect(brightness.heading({ type: Feature_Type.CLASSIFICATION, config: ownConfig })).toBe('red');
    expect(brightness.heading({ type: Feature_Type.CLASSIFICATION, config: undefined })).toBe('classification');
  });
});
