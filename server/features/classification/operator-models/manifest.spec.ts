import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLabels, parseManifest } from './manifest.js';

const least = { width: 8, height: 4, layout: 'NCHW', labels: 'exclusive' };

describe('parseManifest', () => {
  it('fills in defaults', () => {
    expect(parseManifest(JSON.stringify(least))).toEqual({
      ...least,
      channels: 'RGB',
      fit: 'stretch',
      mean: [0, 0, 0],
      std: [1, 1, 1],
      output: 'probabilities',
    });
  });

  it.each([
    [{ ...least, width: 0 }, 'width in manifest.json must be an integer from 1 to 4096, is 0'],
    [{ ...least, height: '4' }, 'height in manifest.json must be an integer from 1 to 4096, is "4"'],
    [{ ...least, layout: undefined }, 'layout in manifest.json must be one of NCHW, NHWC, is undefined'],
    [{ ...least, mean: [1, 2] }, 'mean in manifest.json must be a list of three numbers, is [1,2]'],
    [{ ...least, std: [1, 0, 1] }, 'std in manifest.json must not contain 0'],
    [{ ...least, size: 224 }, 'manifest.json has an unknown key "size"'],
    [[], 'manifest.json is not a JSON object'],
  ])('rejects %j', (manifest, sentence) => {
    expect(() => parseManifest(JSON.stringify(manifest))).toThrow(sentence);
  });

  it('rejects any other JSON, and throws nothing but errors', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        expect(() => parseManifest(json)).toThrow(Error);
      }),
    );
  });
});

describe('parseLabels', () => {
  it('reads one label per line, with either line ending', () => {
    expect(parseLabels('cat\r\nbig dog \n\n')).toEqual(['cat', 'big dog']);
  });

  it.each([
    ['\n', 'labels.txt is empty'],
    ['cat\n\ndog', 'line 2 of labels.txt is empty'],
    ['cat\ndog\ncat', 'labels.txt has "cat" more than once'],
  ])('rejects %j', (text, sentence) => {
    expect(() => parseLabels(text)).toThrow(sentence);
  });
});
