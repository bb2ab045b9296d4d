import { fromJsonString, toBinary } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ErrorInfo } from '../../../gen/google/rpc/error_details.js';
import { Status } from '../../../gen/google/rpc/status.js';
import { BatchAnalyzeRequest } from '../../../gen/yandex/cloud/ai/vision/v1/vision_service.js';
import { messageDescriptor } from '../../contract/descriptors.js';
import { VisionError } from '../../errors/errors.js';
import { cutLongStrings } from './long-strings.js';
import { binaryToJson, jsonToBinary, type RestCompat } from './transcode.js';

const request = messageDescriptor('yandex.cloud.ai.vision.v1.BatchAnalyzeRequest');
const status = messageDescriptor('google.rpc.Status');

function decode(json: string, compat: RestCompat = 'strict'): BatchAnalyzeRequest {
  return BatchAnalyzeRequest.decode(jsonToBinary(request, Buffer.from(json), compat));
}

function contentOf({ analyzeSpecs }: BatchAnalyzeRequest): Buffer | undefined {
  const source = analyzeSpecs[0]?.source;
  return source?.$case === 'content' ? source.value : undefined;
}

function errorOf(task: () => unknown): unknown {
  try {
    task();
    return undefined;
  } catch (error) {
    return error;
  }
}

describe('jsonToBinary', () => {
  // Long strings take another way than short ones: both must give what the reference implementation gives.
  it('gives what protobuf-es gives, for content and signatures of any length', () => {
    const length = fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 3000, max: 9000 }));
    const bytes = length.chain((size) => fc.uint8Array({ minLength: size, maxLength: size }));
    const signature = length.chain((size) => fc.string({ unit: 'binary', minLength: size, maxLength: size }));
    const source = fc.oneof(
      fc.record({ content: bytes.map((value) => Buffer.from(value).toString('base64')) }),
      fc.record({ content: bytes.map((value) => Buffer.from(value).toString('base64url')) }),
      fc.record({ signature: signature.filter((value) => value.isWellFormed()) }),
    );
    fc.assert(
      fc.property(fc.array(source, { maxLength: 4 }), (analyzeSpecs) => {
        const json = JSON.stringify({ analyzeSpecs });
        const expected = Buffer.from(toBinary(request, fromJsonString(request, json)));
        expect(jsonToBinary(request, Buffer.from(json), 'strict').equals(expected)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('never takes for base64 what is none, however long', () => {
    const length = fc.oneof(fc.integer({ min: 4, max: 40 }), fc.integer({ min: 5000, max: 6000 }));
    const spoil = fc.constantFrom('!', '*', '\u00e9', '"', '.');
    fc.assert(
      fc.property(length, spoil, fc.nat(), (size, wrong, at) => {
        const text = 'QUJD'.repeat(size / 4);
        const place = at % text.length;
        const content = text.slice(0, place) + wrong + text.slice(place);
        expect(() => decode(JSON.stringify({ analyzeSpecs: [{ content }] }))).toThrow(/content/);
      }),
      { numRuns: 60 },
    );
  });

  it.each([3, 4096, 4098, 4100])('takes %i bytes, padded or not', (size) => {
    const bytes = Buffer.alloc(size, 7);
    const padded = bytes.toString('base64');
    for (const content of [padded, padded.replaceAll('=', '')]) {
      expect(contentOf(decode(JSON.stringify({ analyzeSpecs: [{ content }] })))).toEqual(bytes);
    }
  });

  it.each([30, 9000])('takes base64 of %i bytes with spaces and escaped line breaks in it', (size) => {
    const bytes = Buffer.alloc(size, 7);
    const text = bytes.toString('base64').replace(/.{20}/g, '$& ');
    expect(contentOf(decode(JSON.stringify({ analyzeSpecs: [{ content: text }] })))).toEqual(bytes);
    const wrapped = bytes.toString('base64').replace(/.{76}/g, '$&\n');
    expect(contentOf(decode(JSON.stringify({ analyzeSpecs: [{ content: wrapped }] })))).toEqual(bytes);
  });

  it('takes long strings with escapes, as PHP writes them', () => {
    const bytes = Buffer.alloc(6000, 0xff);
    const content = bytes.toString('base64').replaceAll('/', '\\/');
    expect(contentOf(decode(`{"analyzeSpecs":[{"content":"${content}"}]}`))).toEqual(bytes);
  });

  it('is not taken in by an escaped quote', () => {
    const long = 'A'.repeat(5000);
    expect(() => decode(`{"folderId":"\\"","x\\"":"${long}"}`)).toThrow('x');
    expect(decode(`{"folderId":"\\\\\\"${long}"}`).folderId).toBe(`\\"${long}`);
  });

  it('shows no placeholder in an error', () => {
    const key = 'k'.repeat(5000);
    expect(() => decode(`{"${key}":1}`)).toThrow(/…/);
  });

  it.each([
    ['a duplicate key', '{"folderId":"a","folderId":"b"}'],
    ['both names of a field', '{"folderId":"a","folder_id":"b"}'],
    ['a number for a string', '{"folderId":5}'],
    ['an object for a list', '{"analyzeSpecs":{}}'],
    ['null in a list', '{"analyzeSpecs":[null]}'],
    ['an unknown enum value', '{"analyzeSpecs":[{"features":[{"type":"text_detection"}]}]}'],
    ['an array', '[]'],
    ['null', 'null'],
    ['a trailing comma', '{"folderId":"a",}'],
    ['two values', '{}{}'],
    ['a lone surrogate', '{"folderId":"\\ud800"}'],
  ])('refuses %s', (_name, json) => {
    expect(() => decode(json)).toThrow('Invalid JSON for BatchAnalyzeRequest');
  });
});

describe('jsonToBinary, tolerant', () => {
  const content = Buffer.alloc(6000, 0xfb);

  it.each([
    ['an object for a list', `{"analyzeSpecs":{"content":"${content.toString('base64')}"}}`],
    ['single quotes', `{'analyzeSpecs':[{'content':'${content.toString('base64')}'}]}`],
    [
      'single quotes around double quotes',
      `{'analyzeSpecs':[{'content':'${content.toString('base64')}','mimeType':'a"b','features':[]}]}`,
    ],
    [
      'line breaks in base64',
      `{"analyzeSpecs":[{"content":"${content.toString('base64').replace(/.{76}/g, '$&\r\n')}"}]}`,
    ],
    ['bare keys and a comma at the end', `{analyzeSpecs:[{content:"${content.toString('base64url')}"},]}`],
  ])('takes %s, and only then', (_name, json) => {
    expect(contentOf(decode(json, 'yandex'))).toEqual(content);
    expect(() => decode(json, 'strict')).toThrow('Invalid JSON for BatchAnalyzeRequest');
  });

  it.each([
    [
      '{"analyzeSpecs":[{"features":[{"type":"text_detection"},{"type":"ocr"}]}]}',
      'analyze_specs[0].features[1].type: cannot decode enum',
    ],
    ['{"analyzeSpecs":[{},{"contents":""}]}', 'analyze_specs[1].contents: unknown field'],
    ['{"analyzeSpecs":[{"features":[{"textDetectionConfig":{"languageCodes":["ru",5]}}]}]}', '.language_codes[1]: '],
    ['{"analyzeSpecs":[null]}', 'analyze_specs[0]: '],
    ['{"analyzeSpecs":[{"content":"!"}]}', 'analyze_specs[0].content: '],
    [`{"analyzeSpecs":[{"content":"!${'A'.repeat(8000)}"}]}`, 'analyze_specs[0].content: invalid base64 string'],
    ['{"folderId":"a","folder_id":"b"}', 'folder_id: set multiple times'],
    ['{"folderId":"a","folderId":"b"}', 'duplicate key "folderId"'],
    ['[]', 'BatchAnalyzeRequest'],
    ['{"__proto__":{"folderId":"x"}}', '__proto__: unknown field'],
  ])('names the field of %s', (json, problem) => {
    expect(() => decode(json, 'yandex')).toThrow(problem);
  });

  it('never throws anything else, whatever the body is', () => {
    const body = fc.oneof(
      fc.uint8Array(),
      fc.json().map((value) => Buffer.from(value)),
      fc.string().map((value) => Buffer.from(`{'${value}`)),
    );
    const compat = fc.constantFrom('strict' as const, 'yandex' as const);
    fc.assert(
      fc.property(body, compat, (bytes, mode) => {
        const thrown = errorOf(() => jsonToBinary(request, Buffer.from(bytes), mode));
        expect(thrown === undefined || thrown instanceof VisionError).toBe(true);
      }),
    );
  });
});

describe('long strings with escapes', () => {
  // As dense with slashes as base64 is.
  const content = Buffer.from(Array.from({ length: 60_000 }, (_, index) => (index * 7919) % 251));
  const slashes = content.toString('base64').replaceAll('/', '\\/');
  const spec = (text: string): string => `{"analyzeSpecs":[{"content":"${text}"}]}`;

  it.each([
    ['slashes, as PHP writes them', slashes],
    ['line breaks, as Python writes them', content.toString('base64').replaceAll(/.{76}/g, '$&\\n')],
    ['characters by number', content.toString('base64').replace('+', '\\u002b')],
  ])('take %s', (_name, text) => {
    for (const compat of ['strict', 'yandex'] as const) expect(contentOf(decode(spec(text), compat))).toEqual(content);
  });

  it('take line breaks beside escapes where the mode is tolerant', () => {
    const wrapped = spec(slashes.replace(/.{76}/, '$&\n'));
    expect(contentOf(decode(wrapped, 'yandex'))).toEqual(content);
    expect(() => decode(wrapped, 'strict')).toThrow(
      'analyze_specs[0].content: invalid escape sequence or control character in string',
    );
  });

  it.each(['\\x', '\\ud800', '\\u00zz', '\\u0444'])('refuse %s by its field', (escape) => {
    expect(() => decode(spec(escape + slashes), 'strict')).toThrow('analyze_specs[0].content: ');
  });

  it('reach texts as well, and tell what is too long', () => {
    const signature = (text: string): string => `{"analyzeSpecs":[{"signature":"${text}"}]}`;
    const { analyzeSpecs } = decode(signature(`\\u0444\\n${'s'.repeat(5000)}`));
    expect(analyzeSpecs[0]?.source?.value).toBe(`ф\n${'s'.repeat(5000)}`);
    expect(() => decode(signature(`\\n${'s'.repeat(2_000_000)}`))).toThrow(
      'analyze_specs[0].signature: exceeds 1048576 bytes',
    );
  });

  it('leave no placeholder in an error', () => {
    const json = `{"analyzeSpecs":[{"features":[{"type":"${'A'.repeat(5000)}"}]}]}`;
    expect(() => decode(json, 'yandex')).toThrow(/from JSON: "…"$/);
  });
});

describe('cutLongStrings', () => {
  it('takes the long strings out of the body', () => {
    const { json } = cutLongStrings(Buffer.from(`{"a":"${'x'.repeat(4095)}","b":"${'y'.repeat(4096)}"}`));
    expect(json.length).toBeLessThan(4200);
    expect(JSON.parse(json)).toMatchObject({ a: 'x'.repeat(4095) });
  });

  it('leaves any other body as it is', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        expect(cutLongStrings(Buffer.from(json)).json).toBe(json);
      }),
    );
    expect(cutLongStrings(Buffer.from('"unfinished \\')).json).toBe('"unfinished \\');
  });
});

describe('binaryToJson', () => {
  it('writes details with @type', () => {
    const value = Buffer.from(ErrorInfo.encode({ reason: 'R', domain: 'd', metadata: { k: 'v' } }).finish());
    const typeUrl = 'type.googleapis.com/google.rpc.ErrorInfo';
    const binary = Status.encode({ code: 3, message: 'm', details: [{ typeUrl, value }] }).finish();
    expect(JSON.parse(binaryToJson(status, binary))).toEqual({
      code: 3,
      message: 'm',
      details: [{ '@type': typeUrl, reason: 'R', domain: 'd', metadata: { k: 'v' } }],
    });
  });
});
