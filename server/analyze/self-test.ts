import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AnalyzeResult, Feature_Type, type AnalyzeSpec } from '../../gen/yandex/cloud/ai/vision/v1/vision_service.js';
import { repositoryRoot } from '../paths.js';
import type { Engine } from './engine.js';

/** Drawn by datasets/drawn/draw-sample.ts. */
export const samplePath = join(repositoryRoot, 'examples', 'sample.png');
/** Words of the sample that every working server reads. */
const expectedWords = ['INVOICE', 'Coffee', '12.50'];

const timeoutMs = 60_000;

/**
 * Analyzes the sample image as an image of a request.
 * @throws Error with the expected and the actual result, or the signal's reason
 */
export async function runSelfTest(engine: Engine, signal: AbortSignal): Promise<void> {
  const spec: AnalyzeSpec = {
    source: { $case: 'content', value: await readFile(samplePath) },
    mimeType: '',
    features: [
      {
        type: Feature_Type.TEXT_DETECTION,
        config: { $case: 'textDetectionConfig', value: { languageCodes: ['*'], model: 'page' } },
      },
    ],
  };
  const { response } = await engine.analyze(spec, {
    requestId: 'self-test',
    folderId: '',
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
  });
  const result = AnalyzeResult.decode(response);
  const [feature] = result.results;
  const error = result.error ?? feature?.error;
  if (error !== undefined) throw new Error(`The self-test failed: ${error.message}`);
  const pages = feature?.feature?.$case === 'textDetection' ? feature.feature.value.pages : [];
  const words = pages.flatMap(({ blocks }) => blocks.flatMap(({ lines }) => lines.flatMap((line) => line.words)));
  const texts = words.map(({ text }) => text);
  const missing = expectedWords.filter((word) => !texts.includes(word));
  if (missing.length > 0) {
    throw new Error(`The self-test failed: it read "${texts.join(' ')}", without ${missing.join(', ')}`);
  }
}
