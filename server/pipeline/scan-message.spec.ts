import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AddImageRequest } from '../../gen/visiond/index/v1/image_index_service.js';
import {
  BatchAnalyzeRequest,
  BatchAnalyzeResponse,
  Feature_Type,
} from '../../gen/yandex/cloud/ai/vision/v1/vision_service.js';
import { countReads } from '../../test/counted-reads.js';
import { messageDescriptor } from '../contract/descriptors.js';
import { scanMessage } from './scan-message.js';

const schema = messageDescriptor('yandex.cloud.ai.vision.v1.BatchAnalyzeRequest');

/** The largest request that the contract allows. */
function fullRequest(): Uint8Array {
  const config = {
    $case: 'textDetectionConfig',
    value: { languageCodes: Array(8).fill('rus'), model: 'm'.repeat(50) },
  } as const;
  const feature = { type: Feature_Type.TEXT_DETECTION, config };
  const spec = {
    source: { $case: 'content', value: Buffer.alloc(100_000, 0x0a) } as const,
    features: Array(8).fill(feature),
    mimeType: 'image',
  };
  return BatchAnalyzeRequest.encode({ analyzeSpecs: Array(8).fill(spec), folderId: 'f'.repeat(50) }).finish();
}

describe('scanMessage', () => {
  it('takes the largest request of the contract, stepping over its images', () => {
    const { bytes, reads } = countReads(Buffer.from(fullRequest()));
    expect(() => scanMessage(schema, bytes)).not.toThrow();
    expect(reads()).toBeLessThan(bytes.length / 100);
  });

  it.each([
    ['elements', Buffer.alloc(2 * 40_000_000, Buffer.from([0x0a, 0])), 'more than 5000 fields'],
    ['unknown numbers', Buffer.alloc(30_003, Buffer.from([0xa0, 6, 1])), 'more than 5000 fields'],
    ['groups', Buffer.alloc(1_000_000, 0x4b), 'nested deeper than 100'],
    ['the end of a group that never began', Buffer.from([0x4c]), 'wire type 4'],
    ['a field without a number', Buffer.from([0, 0]), 'invalid field number'],
    ['a tag of too many bits', Buffer.from([0x8a, 0x80, 0x80, 0x80, 0x80, 0x80, 1, 0]), 'invalid field number'],
    ['an endless number', Buffer.alloc(20, 0xff), 'more than 10 bytes'],
    ['a string that is longer than the message', Buffer.from([0x12, 5, 0x61]), 'truncated'],
    ['a part that is longer than the whole', Buffer.from([0x0a, 2, 0x12, 4, 0, 0, 0, 0]), 'truncated'],
    ['a number cut off', Buffer.from([0x21, 0, 0]), 'truncated'],
    ['a group cut off', Buffer.from([0x4b, 0x08, 1]), 'truncated'],
    ['the end of another group', Buffer.from([0x4b, 0x3b, 0x4c]), 'wire type 4'],
    ['a group that ends with its message', Buffer.from([0x0a, 1, 0x4b, 0x4c]), 'truncated'],
  ])('refuses %s at once', (_name, bytes, problem) => {
    const counted = countReads(bytes);
    expect(() => scanMessage(schema, counted.bytes)).toThrow(problem);
    // 5000 fields, each with a tag and a length.
    expect(counted.reads()).toBeLessThanOrEqual(20_000);
  });

  it('counts the numbers of a packed list', () => {
    const vertices = messageDescriptor('google.protobuf.SourceCodeInfo.Location');
    expect(() =>
      scanMessage(vertices, Buffer.concat([Buffer.from([0x0a, 0xa0, 0x9c, 1]), Buffer.alloc(20_000)])),
    ).toThrow('fields');
  });

  it('refuses nothing that encoders write', () => {
    const text = fc.string({ maxLength: 20 });
    const requests = fc.record({
      folderId: text,
      id: text,
      imageUrl: text,
      pageUrl: text,
      title: text,
      description: text,
      content: fc.uint8Array(),
    });
    const written = fc.property(requests, (record) => {
      const content = Buffer.from(record.content);
      scanMessage(
        messageDescriptor('visiond.index.v1.AddImageRequest'),
        AddImageRequest.encode({ ...record, content }).finish(),
      );
      const status = { code: -1, message: record.title, details: [{ typeUrl: record.id, value: content }] };
      const response = BatchAnalyzeResponse.encode({ results: [{ error: status, results: [] }] }).finish();
      scanMessage(messageDescriptor('yandex.cloud.ai.vision.v1.BatchAnalyzeResponse'), response);
    });
    expect(() => fc.assert(written)).not.toThrow();
  });

  it('refuses whatever the decoder refuses, so that the decoder never goes where it did not', () => {
    const refuses = (task: () => unknown): boolean => {
      try {
        task();
        return false;
      } catch {
        return true;
      }
    };
    const stricter = fc.property(
      fc.uint8Array({ maxLength: 40 }),
      (noise) => !refuses(() => BatchAnalyzeRequest.decode(noise)) || refuses(() => scanMessage(schema, noise)),
    );
    expect(() => fc.assert(stricter, { numRuns: 5000 })).not.toThrow();
  });
});
