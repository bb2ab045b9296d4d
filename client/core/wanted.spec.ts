import { describe, expect, expectTypeOf, it } from 'vitest';
import type { ClassResult, FaceResult, TextResult } from './results.js';
import { featuresOf, type Analysis, type OnlyWanted } from './wanted.js';

describe('featuresOf', () => {
  it.each([
    [{ text: true }, { languageCodes: ['*'], model: 'page' }],
    [{ text: ['ru', 'en'] }, { languageCodes: ['ru', 'en'], model: 'page' }],
    [{ text: { model: 'passport' } }, { languageCodes: ['*'], model: 'passport' }],
  ])('asks for the text that %j wants', (wanted, textDetectionConfig) => {
    expect(featuresOf(wanted)).toEqual([{ type: 'TEXT_DETECTION', textDetectionConfig }]);
  });

  it('asks for a class once per model', () => {
    expect(featuresOf({ classes: ['a', 'b'], faces: true, copies: false })).toEqual([
      { type: 'FACE_DETECTION' },
      { type: 'CLASSIFICATION', classificationConfig: { model: 'a' } },
      { type: 'CLASSIFICATION', classificationConfig: { model: 'b' } },
    ]);
  });

  it('refuses what cannot be asked for', () => {
    const misspelled = { face: true, text: true };
    expect(() => featuresOf(misspelled)).toThrow('Unknown feature "face". Known: text, faces, classes, copies');
    expect(() => featuresOf({})).toThrow(/^Nothing to look for/);
    expect(() => featuresOf({ faces: false })).toThrow(/^Nothing to look for/);
    expect(() => featuresOf({ classes: Array.from({ length: 9 }, String) })).toThrow('9 features are asked for');
  });
});

describe('the types', () => {
  it('have what was asked for and nothing else', () => {
    expectTypeOf<Analysis<{ text: readonly ['ru']; faces: true; copies: false }>>().toEqualTypeOf<{
      readonly text: TextResult;
      readonly faces: readonly FaceResult[];
    }>();
    expectTypeOf<Analysis<{ faces: boolean }>>().toEqualTypeOf<{
      readonly faces: readonly FaceResult[] | undefined;
    }>();
    expectTypeOf<Analysis<{ classes: 'quality' }>['classes']>().toEqualTypeOf<ClassResult>();
    expectTypeOf<keyof Analysis<{ classes: readonly ['a', 'b'] }>['classes']>().toEqualTypeOf<'a' | 'b'>();
    expectTypeOf<{ faces: true; face: true }>().not.toExtend<OnlyWanted<{ faces: true; face: true }>>();
    expect(featuresOf({ faces: true })).toHaveLength(1);
  });
});
