import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { brokenLinks, markdownPages } from './links.js';

const root = mkdtempSync(join(tmpdir(), 'visiond-links-'));
const files = {
  'README.md': '# One `two`, three!\n\n## Again\n\n## Again\n\n## [Link](docs/a.md) here\n\n<a id="own"></a>\n',
  'docs/a.md': '',
  'docs/node_modules/b.md': '',
  '.git/c.md': '',
  'examples/sample.png': '',
};
beforeAll(() => {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
});
afterAll(() => rmSync(root, { recursive: true }));

describe('brokenLinks', () => {
  it.each([
    ['[a](../README.md)'],
    ['[a](../README.md#one-two-three)'],
    ['[a](../README.md#again) [b](../README.md#again-1)'],
    ['[a](../README.md#link-here)'],
    ['[a](../README.md#own)'],
    ['![a](../examples/sample.png "A sample")'],
    ['[a](../examples)'],
    ['# Here\n\n[a](#here)'],
    ['[a][b] and [B][]\n\n[b]: ../README.md'],
    ['<img src="../examples/sample.png">'],
    ['[a](https://example.org/x) [b](mailto:a@example.org)'],
    ['`[a](nowhere.md)` and `` x[`i`](nowhere.md) ``'],
    ['```md\n[a](nowhere.md)\n```'],
  ])('has none in %j', (text) => {
    writeFileSync(join(root, 'docs/a.md'), text);
    expect(brokenLinks('docs/a.md', root)).toEqual([]);
  });

  it.each([
    ['[a](nowhere.md)', 'nowhere.md'],
    ['[a](README.md)', 'README.md'],
    ['![a](<../sample.png>)', '../sample.png'],
    ['[a](../README.md#One)', '../README.md#One'],
    ['[a](../README.md#again-2)', '../README.md#again-2'],
    ['[a](../examples/sample.png#x)', '../examples/sample.png#x'],
    ['[a](#nowhere)\n\n```md\n# Nowhere\n```', '#nowhere'],
    ['[a](/README.md)', '/README.md'],
    ['[a](../../README.md)', '../../README.md'],
    ['[a][b]', 'b'],
    ['[b]: nowhere.md', 'nowhere.md'],
    ['<a href="nowhere.md">a</a>', 'nowhere.md'],
  ])('finds that of %j', (text, link) => {
    writeFileSync(join(root, 'docs/a.md'), text);
    expect(brokenLinks('docs/a.md', root)).toEqual([link]);
  });
});

describe('markdownPages', () => {
  it('are all of the repository, and none of packages or hidden folders', () => {
    expect(markdownPages(root).toSorted()).toEqual(['README.md', 'docs/a.md']);
  });
});
