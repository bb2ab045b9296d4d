import { describe, expect, it } from 'vitest';
import type { BatchAnalyzeRequest } from '../../gen/yandex/cloud/ai/vision/v1/vision_service.js';
import { createValidator } from './validator.js';

const type = 'yandex.cloud.ai.vision.v1.BatchAnalyzeRequest';
const spec = 'yandex.cloud.ai.vision.v1.AnalyzeSpec';

function requestWith(change: Partial<BatchAnalyzeRequest['analyzeSpecs'][number]>): BatchAnalyzeRequest {
  const source = { $case: 'content', value: Buffer.from('x') } as const;
  const config = { $case: 'textDetectionConfig' as const, value: { languageCodes: ['en'], model: '' } };
  return { folderId: '', analyzeSpecs: [{ source, features: [{ type: 1, config }], mimeType: '', ...change }] };
}

describe('createValidator', () => {
  const validate = createValidator(type);

  it('passes a request that keeps its limits', () => {
    expect(validate(requestWith({}))).toEqual([]);
  });

  it('reads the limits inside oneofs and lists, at any depth', () => {
    const value = { languageCodes: ['engl', 'ru'], model: 'm'.repeat(51) };
    const features = [{ type: 1, config: { $case: 'textDetectionConfig' as const, value } }];
    expect(validate(requestWith({ features }))).toEqual([
      {
        field: 'analyze_specs[0].features[0].text_detection_config.language_codes[0]',
        description: 'must have at most 3 characters, has 4',
      },
      {
        field: 'analyze_specs[0].features[0].text_detection_config.model',
        description: 'must have at most 50 characters, has 51',
      },
    ]);
  });

  it('counts code points, and bytes of bytes', () => {
    expect(validate({ ...requestWith({}), folderId: '😀'.repeat(50) })).toEqual([]);
    const source = { $case: 'content', value: Buffer.alloc(10_485_761) } as const;
    expect(validate(requestWith({ source }))).toEqual([
      { field: 'analyze_specs[0].content', description: 'must have at most 10485760 bytes, has 10485761' },
    ]);
  });

  it('leaves deferred fields alone', () => {
    const source = { $case: 'content', value: Buffer.alloc(10_485_761) } as const;
    expect(createValidator(type, [`${spec}.content`])(requestWith({ source }))).toEqual([]);
  });

  it.each([
    [0, []],
    [100, []],
    [101, [{ field: 'max_results', description: 'must be 0 to 100, is 101' }]],
    [-1, [{ field: 'max_results', description: 'must be 0 to 100, is -1' }]],
  ])('checks the value of a number: %i', (maxResults, violations) => {
    const search = createValidator('visiond.index.v1.SearchImagesRequest');
    const source = { $case: 'signature', value: '' };
    expect(search({ folderId: '', source, maxResults })).toEqual(violations);
  });
});
