import { fromJson, type JsonValue } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import { messageDescriptor, registry } from './descriptors.js';
import { printField, printMessage } from './print-message.js';

function print(type: string, json: JsonValue): string {
  const schema = messageDescriptor(type);
  return printMessage(schema, fromJson(schema, json, { registry }), registry);
}
const vision = 'yandex.cloud.ai.vision.v1';

describe('printMessage', () => {
  it('prints a page as the original does: indent, order, omitted zeros, strings for int64', () => {
    const boundingBox = { vertices: [{}, { y: '20' }, { x: 0, y: '0' }] };
    const word = {
      boundingBox,
      text: 'a\n"b"',
      confidence: 0,
      languages: [{ languageCode: 'en', confidence: 0 }],
      entityIndex: -1,
    };
    const lines = [{ boundingBox, words: [word, { text: 'x' }], confidence: 0.5 }];
    expect(print(`${vision}.Page`, { width: 3, height: 4, blocks: [{ lines, boundingBox }], entities: [] })).toBe(`{
 "blocks": [
  {
   "boundingBox": {
    "vertices": [
     {},
     {
      "y": "20"
     },
     {}
    ]
   },
   "lines": [
    {
     "boundingBox": {
      "vertices": [
       {},
       {
        "y": "20"
       },
       {}
      ]
     },
     "words": [
      {
       "boundingBox": {
        "vertices": [
         {},
         {
          "y": "20"
         },
         {}
        ]
       },
       "languages": [
        {
         "languageCode": "en",
         "confidence": 0
        }
       ],
       "text": "a\\n\\"b\\"",
       "confidence": 0,
       "entityIndex": "-1"
      },
      {
       "text": "x",
       "confidence": 0
      }
     ],
     "confidence": 0.5
    }
   ]
  }
 ],
 "width": "3",
 "height": "4"
}`);
  });

  it('prints empty results as empty objects, and probabilities always', () => {
    expect(print(`${vision}.FeatureResult`, { faceDetection: {} })).toBe('{\n "faceDetection": {}\n}');
    expect(print(`${vision}.Property`, { name: 'adult' })).toBe('{\n "name": "adult",\n "probability": 0\n}');
  });

  it('prints an error in the order of the original, its details with their type first', () => {
    const details = [{ '@type': 'type.googleapis.com/google.rpc.RequestInfo', requestId: 'x' }];
    expect(print('google.rpc.Status', { code: 16, message: 'm', details })).toBe(`{
 "code": 16,
 "message": "m",
 "details": [
  {
   "@type": "type.googleapis.com/google.rpc.RequestInfo",
   "requestId": "x"
  }
 ]
}`);
  });

  it('prints maps', () => {
    expect(print('google.rpc.ErrorInfo', { metadata: { a: 'b' } })).toBe('{\n "metadata": {\n  "a": "b"\n }\n}');
  });
});

describe('printField', () => {
  it('prints the value of one field, empty ones too', () => {
    const schema = messageDescriptor('google.rpc.BadRequest');
    const [field] = schema.fields;
    if (field === undefined) throw new Error('no field');
    const printed = (json: JsonValue): string => printField(schema, field, fromJson(schema, json), registry);
    expect(printed({ fieldViolations: [{ field: 'a' }] })).toBe('[\n {\n  "field": "a",\n  "description": ""\n }\n]');
    expect(printed({})).toBe('[]');
  });
});
