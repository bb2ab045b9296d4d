import { describe, expect, it } from 'vitest';
import { textDetection } from '../../client/index.js';
import type { AnalyzeSpec } from '../../gen/yandex/cloud/ai/vision/v1/vision_service.js';
import { analyzeRequest, readAnalyzeRequest } from './analyze-request.js';

const features = [textDetection({ languageCodes: ['ru', 'en'] })];

describe('the request of an analysis', () => {
  it.each([
    ['content', { $case: 'content', value: Buffer.alloc(100_000, 7) }],
    ['empty content', { $case: 'content', value: Buffer.alloc(0) }],
    ['a signature', { $case: 'signature', value: 'abc' }],
  ] as const)('with %s is read as it was written', (_, source) => {
    const spec: AnalyzeSpec = { source, features, mimeType: 'image/png' };
    const [rest, content = Buffer.alloc(0)] = analyzeRequest(spec);
    const request = Buffer.concat([rest, content]);
    const read = readAnalyzeRequest(request, content.length);
    expect(read).toEqual(spec);
  });

  it('does not copy the content', () => {
    const value = Buffer.alloc(1000, 7);
    const [rest, content] = analyzeRequest({ source: { $case: 'content', value }, features, mimeType: '' });
    expect(content).toBe(value);
    const request = Buffer.concat([rest, value]);
    const read = readAnalyzeRequest(request, value.length);
    expect(read.source?.$case === 'content' && read.source.value.buffer).toBe(request.buffer);
  });
});
