import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { parseCsv, readSource } from './import-sources.js';

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
    expect(() => parseCsv('a\n"1')).toThrow('unterminated quoted field');
  });
});

describe('readSource', () => {
  it('takes the images of a folder, with their paths as ids', async () => {
    mkdirSync(join(folder, 'images/deep'), { recursive: true });
    for (const name of ['b.JPG', 'deep/a.png', 'notes.txt']) writeFileSync(join(folder, 'images', name), '');
    const { items, leftOut } = await readSource(join(folder, 'images'));
    expect(items.map((item) => [item.id, 'file' in item && item.file])).toEqual([
      ['b.JPG', join(folder, 'images/b.JPG')],
      ['deep/a.png', join(folder, 'images/deep/a.png')],
    ]);
    expect(leftOut).toBe('Skipped: 1 other file.\n');
  });

  it('takes rows of CSV and of JSONL alike', async () => {
    const csv = await readSource(file('a.csv', '\uFEFFfile,id,title\nx/1.png,one,"A, b"\n2.png,,\n'));
    const jsonl = await readSource(
      file('a.jsonl', '{"file":"x/1.png","id":"one","title":"A, b"}\n\n{"file":"2.png"}\n'),
    );
    expect(csv).toEqual(jsonl);
    expect(csv.items.map((item) => ['file' in item && item.file, item.id, item.title])).toEqual([
      [join(folder, 'x/1.png'), 'one', 'A, b'],
      [join(folder, '2.png'), '2.png', ''],
    ]);
  });

  it('finds the files of rows that have none by id and by name', async () => {
    const long = `${'x'.repeat(100)}/${'y'.repeat(40)}.png`;
    for (const name of [
      'found/deep/1.png',
      'found/lamp.jpg',
      'found/sub/my chair.jpg',
      'found/a/twice.png',
      'found/b/twice.png',
      `found/${long}`,
    ]) {
      mkdirSync(join(folder, name, '..'), { recursive: true });
      writeFileSync(join(folder, name), '');
    }
    const idOfLong = (await readSource(join(folder, 'found'))).items.find(
      ({ id }) => !id.includes('/') && id.length > 20,
    )?.id;
    const rows = [
      { id: 'deep/1.png', createTime: '2026-01-02T03:04:05.678Z' },
      { id: 'lamp', title: 'A lamp' },
      { id: 'c', imageUrl: 'https://example.org/x/my%20chair.jpg?size=1' },
      { id: idOfLong },
      { id: 'twice' },
      { id: '1' },
      { id: 'gone', imageUrl: 'https://example.org/%ff.jpg' },
      { id: 'e', file: 'lamp.jpg' },
    ];
    const source = file('export.jsonl', rows.map((row) => JSON.stringify(row)).join('\n'));
    const { items } = await readSource(source, join(folder, 'found'));
    expect(items.map((item) => ('file' in item ? relative(join(folder, 'found'), item.file) : item.problem))).toEqual([
      'deep/1.png',
      'lamp.jpg',
      'sub/my chair.jpg',
      long,
      `no image in ${join(folder, 'found')} matches this ID or its name`,
      'deep/1.png',
      `no image in ${join(folder, 'found')} matches this ID or its name`,
      'lamp.jpg',
    ]);
    expect(items.map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
    await expect(readSource(join(folder, 'found'), folder)).rejects.toThrow(
      '--files applies to .csv and .jsonl files only.',
    );
    await expect(readSource(source, source)).rejects.toThrow(`--files ${source} is not a folder.`);
  });

  it.each([
    ['c.csv', 'file,url\na,b\n', 'row 1 has an unknown column "url"'],
    ['d.csv', 'id\na\n', 'row 1 has no file'],
    ['d.jsonl', '{"title":"a"}', 'row 1 has neither a file nor an ID'],
    ['e.jsonl', '{"file":1}', 'row 1: file must be a string'],
    ['f.jsonl', '[]', 'row 1 must be a JSON object'],
    ['g.txt', '', 'must be a folder, or a .csv or .jsonl file.'],
  ])('refuses %s with a sentence', async (name, text, sentence) => {
    await expect(readSource(file(name, text))).rejects.toThrow(sentence);
  });
});
