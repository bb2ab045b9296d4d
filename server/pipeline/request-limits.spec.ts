import { describe, expect, it } from 'vitest';
import { decompressionLimit, requestLimits } from './request-limits.js';

const megabyte = 1 << 20;

describe('requestLimits', () => {
  it.each([
    ['/yandex.cloud.ai.vision.v1.VisionService/BatchAnalyze', 8],
    ['/visiond.index.v1.ImageIndexService/AddImage', 1],
    ['/visiond.index.v1.ImageIndexService/AddImages', 1],
    ['/visiond.index.v1.ImageIndexService/SearchImages', 1],
    ['/visiond.index.v1.ImageIndexService/ComputeSignature', 1],
  ])('%s takes %i images', (path, images) => {
    const { messageBytes, jsonBytes } = requestLimits(path, 10 * megabyte);
    expect(messageBytes).toBe(images * 10 * megabyte + megabyte);
    expect(jsonBytes).toBeGreaterThan((messageBytes * 4) / 3);
  });

  it.each(['/yandex.cloud.iam.v1.IamTokenService/Create', '/visiond.index.v1.ImageIndexService/ListImages'])(
    '%s takes none, and 64 KB',
    (path) => {
      expect(requestLimits(path, 10 * megabyte)).toEqual({ messageBytes: 65_536, jsonBytes: 65_536 });
    },
  );
});

describe('decompressionLimit', () => {
  it('lets small requests grow to 64 KB, and large ones a hundred times', () => {
    expect([0, 100, 20_000].map(decompressionLimit)).toEqual([65_536, 65_536, 2_000_000]);
  });
});
