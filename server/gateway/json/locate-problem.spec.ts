import { fromJson, type JsonValue } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { messageDescriptor, registry } from '../../contract/descriptors.js';
import { locateProblem } from './locate-problem.js';

const request = messageDescriptor('yandex.cloud.ai.vision.v1.BatchAnalyzeRequest');
const status = messageDescriptor('google.rpc.Status');
const errorInfo = messageDescriptor('google.rpc.ErrorInfo');
const locate = (value: JsonValue) => locateProblem(request, value, registry);

describe('locateProblem', () => {
  it.each<[JsonValue]>([
    [{}],
    [{ analyzeSpecs: [{ content: 'QUJD', features: [{ type: 'CLASSIFICATION' }, { type: 1 }] }] }],
    [{ analyze_specs: null, folderId: 'b1g' }],
    [{ analyzeSpecs: [{ signature: 's', features: [{ textDetectionConfig: { languageCodes: ['*'] } }] }] }],
  ])('finds none in %j', (value) => {
    expect(locate(value)).toBeUndefined();
  });

  it.each<[JsonValue, string, string]>([
    [5, '', '5'],
    [{ folderId: 5 }, 'folder_id', 'expected string'],
    [{ folder_id: [] }, 'folder_id', 'expected string'],
    [{ analyzeSpecs: {} }, 'analyze_specs', 'expected Array'],
    [{ analyzeSpecs: [{}, 5] }, 'analyze_specs[1]', '5'],
    [{ analyzeSpecs: [{}, null] }, 'analyze_specs[1]', 'list item must not be null'],
    [{ analyzeSpecs: [{}, { content: '!' }] }, 'analyze_specs[1].content', 'invalid base64'],
    [
      { analyzeSpecs: [{ features: [{}, { type: 'OCR' }] }] },
      'analyze_specs[0].features[1].type',
      'cannot decode enum',
    ],
    [
      { analyzeSpecs: [{ features: [{ textDetectionConfig: { languageCodes: ['ru', 5] } }] }] },
      'analyze_specs[0].features[0].text_detection_config.language_codes[1]',
      'expected string',
    ],
    [
      { analyzeSpecs: [{ features: [{ classificationConfig: 'moderation' }] }] },
      'analyze_specs[0].features[0].classification_config',
      '"moderation"',
    ],
    [{ folderId: 'b1g', pages: 1 }, 'pages', 'unknown field'],
    [{ analyzeSpecs: [{}, { contents: '' }] }, 'analyze_specs[1].contents', 'unknown field'],
    [JSON.parse('{"__proto__":{}}'), '__proto__', 'unknown field'],
    // Each member is right, and together they are not.
    [{ folderId: 'a', folder_id: 'b' }, 'folder_id', 'set multiple times'],
    [{ analyzeSpecs: [{ content: 'QUJD', signature: 's' }] }, 'analyze_specs[0].source', 'set multiple times'],
    // The first of several.
    [{ analyzeSpecs: [{ mimeType: 1, features: 2 }], folderId: 3 }, 'analyze_specs[0].mime_type', 'expected string'],
  ])('finds the innermost field of %j', (value, field, problem) => {
    const located = locate(value);
    expect([located?.field, located?.problem]).toEqual([field, expect.stringContaining(problem)]);
  });

  it('leaves the inside of well-known types and of maps to the parser', () => {
    const value = { code: 3, details: [{}, { '@type': 'type.googleapis.com/google.rpc.Nothing' }] };
    expect(locateProblem(status, value, registry)?.field).toBe('details[1]');
    expect(locateProblem(errorInfo, { reason: 'R', metadata: { k: 5 } }, registry)).toEqual({
      field: 'metadata',
      problem: expect.stringContaining('expected string'),
    });
  });

  it('says what is wrong without the path of the parser', () => {
    const problems = [{ folderId: 5 }, { analyzeSpecs: [{ content: '!' }] }].map((value) => locate(value)?.problem);
    for (const problem of problems) expect(problem).not.toMatch(/cannot decode (field|message|oneof)/);
  });

  it('finds a problem where the strict parser refuses, and there alone', () => {
    const leaf = fc.constantFrom<JsonValue>(null, 5, 'x', 'QUJD', [], {}, true);
    const feature = fc.record({ type: leaf, textDetectionConfig: fc.oneof(leaf, fc.record({ languageCodes: leaf })) });
    const spec = fc.record({
      content: leaf,
      mime_type: leaf,
      features: fc.oneof(leaf, fc.array(fc.oneof(leaf, feature))),
    });
    const value = fc.record({ folderId: leaf, analyzeSpecs: fc.oneof(leaf, fc.array(fc.oneof(leaf, spec))) });
    const seen = { taken: 0, refused: 0 };
    fc.assert(
      fc.property(value, (json: JsonValue) => {
        let isTaken = true;
        try {
          fromJson(request, json, { registry });
        } catch {
          isTaken = false;
        }
        seen[isTaken ? 'taken' : 'refused']++;
        expect(locate(json) === undefined).toBe(isTaken);
      }),
      { numRuns: 300, examples: [[{}], [{ folderId: 5 }]] },
    );
    expect(Math.min(seen.taken, seen.refused)).toBeGreaterThan(0);
  });
});
