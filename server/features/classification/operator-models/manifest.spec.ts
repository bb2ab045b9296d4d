import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLabels, parseManifest } from './manifest.js';

const least = { width: 8, height: 4, layout: 'NCHW', labels: 'exclusive' };

describe('parseManifest', () => {
  it('fills in what may be left out', () => {
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
    [{ ...least, width: 0 }, 'width in manifest.json is 0, a whole number from 1 to 4096 is needed'],
    [{ ...least, height: '4' }, 'height in manifest.json is "4", a whole number'],
    [{ ...least, layout: undefined }, 'layout in manifest.json is undefined, one of NCHW, NHWC is needed'],
    [{ ...least, mean: [1, 2] }, 'mean in manifest.json is [1,2], a list of three numbers is needed'],
    [{ ...least, std: [1, 0, 1] }, 'std in manifest.json holds a 0'],
    [{ ...least, size: 224 }, 'manifest.json has the unknown key "size"'],
    [[], 'manifest.json is not a JSON object'],
  ])('refuses %j', (manifest, sentence) => {
    expect(() => parseManifest(JSON.stringify(manifest))).toThrow(sentence);
  });

  it('never takes what is not of its form, and never fails but with an error', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        expect(() => parseManifest(json)).toThrow(Error);
      }),
    );
  });
});

describe('parseLabels', () => {
  it('takes a line for a label, with either line ending', () => {
    expect(parseLabels('cat\r\nbig dog \n\n')).toEqual(['cat', 'big dog']);
  });

  it.each([
    ['\n', 'labels.txt is empty'],
    ['cat\n\ndog', 'line 2 of labels.txt is empty'],
    ['cat\ndog\ncat', 'labels.txt has "cat" twice'],
  ])('refuses %j', (text, sentence) => {
    expect(() => parseLabels(text)).toThrow(sentence);
  });
});
