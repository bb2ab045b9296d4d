import { describe, expect, it } from 'vitest';
import type { LabeledWord } from '../word-boxes.js';
import type { DocumentPage } from './document-page.js';
import { scorePage, type PageScore } from './page-score.js';

/** Words of a line with ten pixels a character. */
function line(text: string, top: number, left = 0): LabeledWord[] {
  return [...text.matchAll(/\S+/g)].map((match) => ({
    text: match[0],
    box: [left + match.index * 10, top, left + (match.index + match[0].length) * 10, top + 20] as const,
  }));
}

function page(...lines: readonly LabeledWord[][]): DocumentPage {
  return { path: 'page.png', kind: 'prose', language: 'en', languages: ['en'], lines };
}

function score(printed: DocumentPage, ...read: readonly LabeledWord[][]): PageScore {
  const text = read.map((words) => words.map((word) => word.text).join(' ')).join('\n');
  return scorePage(printed, text, read.flat());
}

describe('scorePage', () => {
  it('finds nothing wrong in a page that is read right', () => {
    const lines = [line('Flow at 1,5 bar', 0), line('Order CV1', 40)];
    expect(score(page(...lines), ...lines)).toMatchObject({
      words: { found: 6, expected: 6, read: 6 },
      lines: 2,
      missingLines: 0,
      unreadLines: 0,
      cutLines: 0,
      numbers: { found: 1, expected: 1 },
      order: 1,
      overlaps: Array.from({ length: 6 }, () => ({ area: 1, horizontal: 1 })),
      wrong: [],
      extra: [],
    });
  });

  it('counts lines that are missing, not read right, and cut', () => {
    const printed = page(line('Nothing here', 0), line('80', 40), line('Flow of water', 80), line('Pressure', 120));
    expect(score(printed, line('00', 40), line('Flow of', 80), line('Pressu', 120))).toMatchObject({
      lines: 4,
      missingLines: 1,
      unreadLines: 3,
      cutLines: 2,
    });
  });

  it('counts numbers with the marks inside them', () => {
    const printed = page(line('1,5 2 12.08.2013 M20 x1 40', 0));
    expect(score(printed, line('1.5 2 12.08.2013 M20 x1 40', 0)).numbers).toEqual({ found: 3, expected: 4 });
  });

  it('takes a word that is read elsewhere for read, and lists what is wrong and too much', () => {
    const printed = page(line('Type HB2', 0), line('Type', 40));
    const { wrong, extra, words } = score(printed, line('Type НВ2', 0), line('Type', 200));
    expect(words).toEqual({ found: 2, expected: 3, read: 3 });
    expect(wrong).toEqual([{ printed: 'HB2', read: 'НВ2', outcome: 'script' }]);
    expect(extra).toEqual(['нв2']);
  });

  it('leaves marks without letters and digits out', () => {
    expect(score(page(line('•', 0), line('- a', 40)), line('a', 40, 20))).toMatchObject({
      lines: 1,
      missingLines: 0,
      wrong: [],
    });
  });

  it('measures the overlap of boxes', () => {
    const { overlaps } = score(page(line('Flow', 0)), [{ text: 'flow', box: [0, 0, 50, 10] }]);
    expect(overlaps).toEqual([{ area: 400 / 900, horizontal: 0.8 }]);
  });
});
