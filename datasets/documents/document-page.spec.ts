import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readDocuments, scaledPage, textOfPage } from './document-page.js';

const entry = {
  image: 'a.png',
  kind: 'table',
  language: 'ru',
  languages: ['ru', 'en'],
  lines: [
    [
      ['Расход', 1, 2, 31, 12],
      ['Q', 40, 2, 50, 12],
    ],
    [['80', 1, 20, 11, 30]],
  ],
};
const folder = mkdtempSync(join(tmpdir(), 'visiond-documents-'));
const pages = join(folder, 'pages');
mkdirSync(pages);
writeFileSync(join(pages, 'a.png'), '');
afterAll(() => rmSync(folder, { recursive: true }));

function write(entries: unknown): void {
  writeFileSync(join(folder, 'documents.json'), JSON.stringify(entries));
}

describe('readDocuments', () => {
  it('reads the list beside the folder, and leaves out entries without their image', () => {
    write([entry, { ...entry, image: 'b.png' }]);
    const [page, ...others] = readDocuments(pages);
    expect(others).toEqual([]);
    expect(page).toMatchObject({ path: join(pages, 'a.png'), kind: 'table', languages: ['ru', 'en'] });
    expect(page!.lines[0]).toEqual([
      { text: 'Расход', box: [1, 2, 31, 12] },
      { text: 'Q', box: [40, 2, 50, 12] },
    ]);
    expect(textOfPage(page!)).toBe('Расход Q\n80');
  });

  it('scales the boxes with the image', () => {
    write([entry]);
    const scaled = scaledPage(readDocuments(pages)[0]!, 'b.png', 2);
    expect(scaled).toMatchObject({ path: 'b.png', kind: 'table' });
    expect(scaled.lines[1]).toEqual([{ text: '80', box: [2, 40, 22, 60] }]);
  });

  it.each([
    [{}, 'is not a list'],
    [[{ image: 'a.png' }], 'without image, kind'],
    [[{ ...entry, lines: [['word']] }], 'has a word that is not'],
    [[{ ...entry, lines: ['word'] }], 'has a line that is not'],
  ])('refuses %j', (entries, message) => {
    write(entries);
    expect(() => readDocuments(pages)).toThrow(message);
  });
});
