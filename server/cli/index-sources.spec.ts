import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { parseCsv, readSource } from './index-sources.js';

const folder = mkdtempSync(join(tmpdir(), 'visiond-sources-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

describe('parseCsv', () => {
  it('reads back whatever is written by the rules', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', 'Ж', '"', ',', '\n', ' ', '') });
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1 }), (rows) => {
        const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
        const text = ['one,two', ...rows.map((row) => row.map(quoted).join(','))].join('\r\n');
        expect(parseCsv(text)).toEqual(rows.map(([one, two]) => ({ one, two })));
      }),
    );
  });

  it('names the row that has too few fields', () => {
    expect(() => parseCsv('a,b\n1,2\n3')).toThrow('row 2 has 1 fields, the header has 2');
    expect(() => parseCsv('a\n"1')).toThrow('a quoted field has no end');
  });
});

describe('readSource', () => {
  it('takes the images of a folder, with their paths as ids', async () => {
    mkdirSync(join(folder, 'images/deep'), { recursive: true });
    for (const name of ['b.JPG', 'deep/a.png', 'notes.txt']) writeFileSync(join(folder, 'images', name), '');
    const { items, leftOut } = await readSource(join(folder, 'images'));
    expect(items.map(({ id, file: path }) => [id, path])).toEqual([
      ['b.JPG', join(folder, 'images/b.JPG')],
      ['deep/a.png', join(folder, 'images/deep/a.png')],
    ]);
    expect(leftOut).toBe('Left out: 1 other file.\n');
  });

  it('takes rows of CSV and of JSONL alike', async () => {
    const csv = await readSource(file('a.csv', '\uFEFFfile,id,title\nx/1.png,one,"A, b"\n2.png,,\n'));
    const jsonl = await readSource(file('a.jsonl', '{"file":"x/1.png","id":"one","title":"A, b"}\n\n{"file":"2.png"}\n'));
    expect(csv).toEqual(jsonl);
    expect(csv.items.map(({ file: path, id, title }) => [path, id, title])).toEqual([
      [join(folder, 'x/1.png'), 'one', 'A, b'],
      [join(folder, '2.png'), '2.png', ''],
    ]);
  });

  it.each([
    ['c.csv', 'file,url\na,b\n', 'row 1 has an unknown column "url"'],
    ['d.csv', 'id\na\n', 'row 1 has no file'],
    ['e.jsonl', '{"file":1}', 'row 1: file is not a string'],
    ['f.jsonl', '[]', 'row 1 is not an object'],
    ['g.txt', '', 'neither a folder nor'],
  ])('refuses %s with a sentence', async (name, text, sentence) => {
    await expect(readSource(file(name, text))).rejects.toThrow(sentence);
  });
});
