import { create, toJson } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import { messageDescriptor, registry } from '../contract/descriptors.js';
import { VisionError } from '../errors/errors.js';
import { mergeParameters } from './read-parameters.js';

type Parameters = ReadonlyArray<readonly [string, readonly string[]]>;

/** The JSON form of a message that was made of parameters alone. */
function read(type: string, parameters: Parameters): unknown {
  const schema = messageDescriptor(type);
  const message = create(schema);
  mergeParameters(schema, message, parameters);
  return toJson(schema, message, { registry });
}

const list = 'visiond.index.v1.ListImagesRequest';
const batch = 'yandex.cloud.ai.vision.v1.BatchAnalyzeRequest';
const feature = 'yandex.cloud.ai.vision.v1.Feature';

describe('mergeParameters', () => {
  it.each<[string, Parameters, object]>([
    [
      list,
      [
        ['folder_id', ['b1g']],
        ['page_size', ['20']],
      ],
      { folderId: 'b1g', pageSize: 20 },
    ],
    [
      list,
      [
        ['folderId', ['b1g']],
        ['pageSize', ['20']],
      ],
      { folderId: 'b1g', pageSize: 20 },
    ],
    [list, [['folder_id', ['true']]], { folderId: 'true' }],
    [feature, [['type', ['CLASSIFICATION']]], { type: 'CLASSIFICATION' }],
    [feature, [['type', ['2']]], { type: 'CLASSIFICATION' }],
    [
      feature,
      [
        ['text_detection_config.model', ['line']],
        ['textDetectionConfig.languageCodes', ['ru', 'en']],
      ],
      { textDetectionConfig: { model: 'line', languageCodes: ['ru', 'en'] } },
    ],
    [
      'visiond.index.v1.IndexedImage',
      [['create_time', ['2026-01-01T00:00:00Z']]],
      { createTime: '2026-01-01T00:00:00Z' },
    ],
    ['google.protobuf.FieldOptions', [['packed', ['true']]], { packed: true }],
  ])('puts into %s %j', (type, parameters, expected) => {
    expect(read(type, parameters)).toEqual(expected);
  });

  it.each<[string, string, readonly string[], string]>([
    [list, 'size', ['1'], 'unknown parameter'],
    [list, 'page_size', ['1', '2'], 'must not be repeated'],
    [list, 'page_size', ['many'], 'expected number'],
    [list, 'folder_id.name', ['x'], 'folder_id has no fields'],
    [feature, 'text_detection_config', ['x'], 'is a message, set its fields instead, as in name.field'],
    [feature, 'text_detection_config.name', ['x'], 'unknown parameter'],
    [feature, 'type', ['OCR'], 'cannot decode enum'],
    [batch, 'analyze_specs', ['x'], 'is a message'],
    ['google.rpc.ErrorInfo', 'metadata', ['x'], 'is a map, which cannot be a parameter'],
    ['google.protobuf.FieldOptions', 'packed', ['1'], 'expected boolean'],
  ])('refuses in %s the parameter %s with %j', (type, name, values, problem) => {
    expect(() => read(type, [[name, values]])).toThrow(
      expect.objectContaining({
        reason: 'MALFORMED_PARAMETER',
        violations: [{ field: name, description: expect.stringContaining(problem) }],
      }),
    );
  });

  it('names all wrong parameters at once, and keeps the path of the parser out', () => {
    let violations: VisionError['violations'] = [];
    try {
      read(list, [
        ['a', ['1']],
        ['folder_id', ['b1g']],
        ['page_size', ['x']],
      ]);
    } catch (error) {
      if (error instanceof VisionError) ({ violations } = error);
    }
    expect(violations.map(({ field }) => field)).toEqual(['a', 'page_size']);
    expect(violations[1]?.description).not.toContain('cannot decode field');
  });
});
