import { describe, expect, it } from 'vitest';
import { limits } from './limits.js';

describe('limits', () => {
  it('are those of the .proto files', () => {
    expect(limits).toEqual({
      specs: 8,
      features: 8,
      contentBytes: 10_485_760,
      signatureLength: 16_384,
      folderIdLength: 50,
      languageCodes: 8,
      imageIdLength: 128,
      pageSize: 1000,
      copies: 100,
    });
  });
});
