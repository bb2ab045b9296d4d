import { describe, expect, it } from 'vitest';
import { AnalyzeResult, type FeatureResult } from '../../gen/yandex/cloud/ai/vision/v1/vision_service.js';
import { VisionError } from '../errors/errors.js';
import { toStatus } from '../errors/status.js';
import { hasFileError, mergePages } from './merge-pages.js';

const error = toStatus(VisionError.of('PDF_ENCRYPTED'), 'the-call');
const failed: FeatureResult = { error, feature: undefined };
const encode = (...results: readonly FeatureResult[]): Uint8Array =>
  AnalyzeResult.encode({ error: undefined, results: [...results] }).finish();
const merged = (...pages: readonly Uint8Array[]): AnalyzeResult => AnalyzeResult.decode(mergePages(pages));
const text = (...widths: readonly number[]): FeatureResult => ({
  error: undefined,
  feature: {
    $case: 'textDetection',
    value: { pages: widths.map((width) => ({ width: BigInt(width), height: 1n, blocks: [], entities: [] })) },
  },
});

describe('mergePages', () => {
  it('joins the pages of every feature, in order', () => {
    expect(merged(encode(text(1), text(10)), encode(text(2), text(20)), encode(text(3), text(30)))).toEqual({
      error: undefined,
      results: [text(1, 2, 3), text(10, 20, 30)],
    });
  });

  it('leaves a single page as it is', () => {
    expect(merged(encode(text(1)))).toEqual({ error: undefined, results: [text(1)] });
    expect(merged(encode())).toEqual({ error: undefined, results: [] });
  });

  it('keeps the error of a feature apart from the others', () => {
    expect(merged(encode(text(1), text(10)), encode(failed, text(20)))).toEqual({
      error: undefined,
      results: [failed, text(10, 20)],
    });
  });

  it('has the error of a page for the file', () => {
    const page = AnalyzeResult.encode({ error, results: [] }).finish();
    expect([hasFileError(page), hasFileError(encode(failed))]).toEqual([true, false]);
    expect(merged(encode(text(1)), page)).toEqual({ error, results: [] });
  });
});
