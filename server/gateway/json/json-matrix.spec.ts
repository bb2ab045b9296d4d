import { toBinary, type JsonValue } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import { messageDescriptor, registry } from '../../contract/descriptors.js';
import { printMessage } from '../../contract/print-message.js';
import { parseMessage } from './transcode.js';

const vision = 'yandex.cloud.ai.vision.v1';

/** What comes out again of a JSON text that went through the strict parser, or undefined where it was refused. */
function roundTrip(type: string, text: string): JsonValue | undefined {
  const schema = messageDescriptor(type);
  try {
    const { message } = parseMessage(schema, Buffer.from(text), 'strict');
    toBinary(schema, message);
    return JSON.parse(printMessage(schema, message, registry));
  } catch {
    return undefined;
  }
}

// The proto3 JSON mapping, case by case. The conformance suite knows more (npm run conformance), this always runs.
describe('the JSON mapping takes', () => {
  it.each([
    ['both names of a field', `${vision}.AnalyzeSpec`, '{"mime_type":"a"}', { mimeType: 'a' }],
    ['base64', `${vision}.AnalyzeSpec`, '{"content":"+/8="}', { content: '+/8=' }],
    ['base64 of the url-safe alphabet', `${vision}.AnalyzeSpec`, '{"content":"-_8"}', { content: '+/8=' }],
    ['null for a string', `${vision}.AnalyzeSpec`, '{"mimeType":null}', {}],
    ['null for a list', `${vision}.AnalyzeSpec`, '{"features":null}', {}],
    ['null for a member of a oneof', `${vision}.AnalyzeSpec`, '{"content":null,"signature":"x"}', { signature: 'x' }],
    ['an enum by number', `${vision}.Feature`, '{"type":3}', { type: 'FACE_DETECTION' }],
    ['an unknown enum number', `${vision}.Feature`, '{"type":99}', { type: 99 }],
    ['int64 as a string', `${vision}.Vertex`, '{"x":"9007199254740993"}', { x: '9007199254740993' }],
    ['int64 as a number', `${vision}.Vertex`, '{"x":12,"y":-1}', { x: '12', y: '-1' }],
    ['the largest int64', `${vision}.Vertex`, '{"x":"9223372036854775807"}', { x: '9223372036854775807' }],
    ['doubles, as numbers, strings and words', `${vision}.Property`, '{"probability":"NaN"}', { probability: 'NaN' }],
    ['a double as a string', `${vision}.Property`, '{"probability":"0.5"}', { probability: 0.5 }],
    [
      'Any',
      'google.rpc.Status',
      '{"details":[{"@type":"type.googleapis.com/google.rpc.RequestInfo","requestId":"x"}]}',
      {
        details: [{ '@type': 'type.googleapis.com/google.rpc.RequestInfo', requestId: 'x' }],
      },
    ],
    [
      'a timestamp',
      'yandex.cloud.iam.v1.CreateIamTokenResponse',
      '{"expiresAt":"2026-11-25T12:00:00Z"}',
      { expiresAt: '2026-11-25T12:00:00Z' },
    ],
  ])('%s', (_name, type, text, expected) => {
    expect(roundTrip(type, text)).toEqual(expected);
  });
});

describe('the JSON mapping refuses', () => {
  it.each([
    ['bytes that are no base64', `${vision}.AnalyzeSpec`, '{"content":"!!!!"}'],
    ['one letter of base64', `${vision}.AnalyzeSpec`, '{"content":"A"}'],
    ['a data: URL', `${vision}.AnalyzeSpec`, '{"content":"data:image/png;base64,AAAA"}'],
    ['bytes as a list', `${vision}.AnalyzeSpec`, '{"content":[1,2]}'],
    ['bytes as a number', `${vision}.AnalyzeSpec`, '{"content":12}'],
    ['both members of a oneof', `${vision}.AnalyzeSpec`, '{"content":"AA==","signature":"x"}'],
    ['a field twice', `${vision}.AnalyzeSpec`, '{"mimeType":"a","mime_type":"a"}'],
    ['a key twice', `${vision}.AnalyzeSpec`, '{"mimeType":"a","mimeType":"a"}'],
    ['an unknown field', `${vision}.AnalyzeSpec`, '{"mime":"a"}'],
    ['an object for a list', `${vision}.AnalyzeSpec`, '{"features":{}}'],
    ['null in a list', `${vision}.AnalyzeSpec`, '{"features":[null]}'],
    ['a number for a string', `${vision}.AnalyzeSpec`, '{"mimeType":5}'],
    ['an object for a string', `${vision}.AnalyzeSpec`, '{"mimeType":{}}'],
    ['a lone surrogate', `${vision}.AnalyzeSpec`, '{"mimeType":"\\ud800"}'],
    ['an enum in lower case', `${vision}.Feature`, '{"type":"face_detection"}'],
    ['an enum number as a string', `${vision}.Feature`, '{"type":"3"}'],
    ['half an enum', `${vision}.Feature`, '{"type":1.5}'],
    ['an empty int64', `${vision}.Vertex`, '{"x":""}'],
    ['a boolean for an int64', `${vision}.Vertex`, '{"x":true}'],
    ['half an int64', `${vision}.Vertex`, '{"x":1.5}'],
    ['an int64 that is too large', `${vision}.Vertex`, '{"x":"9223372036854775808"}'],
    ['words for a double', `${vision}.Property`, '{"probability":"much"}'],
    ['an empty double', `${vision}.Property`, '{"probability":""}'],
    ['Any of an unknown type', 'google.rpc.Status', '{"details":[{"@type":"type.googleapis.com/no.Such"}]}'],
    ['a list for a message', `${vision}.Vertex`, '[]'],
    ['a string for a message', `${vision}.Vertex`, '"x"'],
    ['__proto__', `${vision}.Vertex`, '{"__proto__":{"x":1}}'],
  ])('%s', (_name, type, text) => {
    expect(roundTrip(type, text)).toBeUndefined();
  });
});
