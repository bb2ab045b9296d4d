import { describe, expect, it } from 'vitest';
import { messageDescriptor } from '../../contract/descriptors.js';
import { tolerate } from './tolerate.js';

const request = messageDescriptor('yandex.cloud.ai.vision.v1.BatchAnalyzeRequest');

describe('tolerate', () => {
  it('puts one value where a list is due into a list, at any depth', () => {
    expect(
      tolerate(request, {
        analyze_specs: { features: { type: 'TEXT_DETECTION', textDetectionConfig: { languageCodes: 'ru' } } },
      }),
    ).toEqual({
      analyze_specs: [{ features: [{ type: 'TEXT_DETECTION', textDetectionConfig: { languageCodes: ['ru'] } }] }],
    });
  });

  it('takes names of enum values in any case', () => {
    expect(tolerate(request, { analyzeSpecs: [{ features: [{ type: 'Face_Detection' }, { type: 3 }] }] })).toEqual({
      analyzeSpecs: [{ features: [{ type: 'FACE_DETECTION' }, { type: 3 }] }],
    });
  });

  it.each([
    ['null for a list', { analyzeSpecs: null }],
    ['null in a list', { analyzeSpecs: [null] }],
    ['an unknown enum value', { analyzeSpecs: [{ features: [{ type: 'OCR' }] }] }],
    ['unknown keys', { analyzeSpecs: [{ contents: { type: 'text_detection' } }] }],
    ['scalars for messages', { analyzeSpecs: ['x', 1, [true]] }],
    ['no object at all', 'x'],
  ])('leaves %s as it is', (_name, value) => {
    expect(tolerate(request, value)).toEqual(value);
  });
});
