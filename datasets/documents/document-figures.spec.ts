import { describe, expect, it } from 'vitest';
import { figuresOf, type ScoredPage } from './document-figures.js';
import type { PageScore } from './page-score.js';

function scored(score: Partial<PageScore>): ScoredPage {
  return {
    page: { path: 'page.png', kind: 'prose', language: 'en', languages: ['en'], lines: [] },
    score: {
      words: { found: 10, expected: 10, read: 10 },
      lines: 5,
      missingLines: 0,
      unreadLines: 0,
      cutLines: 0,
      numbers: { found: 0, expected: 0 },
      order: undefined,
      overlaps: [],
      wrong: [],
      extra: [],
      ...score,
    },
  };
}

describe('figuresOf', () => {
  it('weighs pages by their words, lines and numbers', () => {
    const long = scored({
      words: { found: 80, expected: 90, read: 100 },
      lines: 15,
      missingLines: 2,
      unreadLines: 4,
      cutLines: 1,
      numbers: { found: 3, expected: 4 },
      order: 0.5,
      overlaps: [{ area: 0.5, horizontal: 0.9 }],
      wrong: [{ printed: 'HB2', read: 'НВ2', outcome: 'script' }],
    });
    expect(figuresOf([scored({}), long])).toEqual({
      pages: 2,
      words: 100,
      recall: 0.9,
      precision: 90 / 110,
      missingLines: 0.1,
      unreadLines: 0.2,
      cutLines: 0.05,
      numbers: 0.75,
      otherScript: 0.01,
      order: 0.5,
      boxes: 0.5,
      horizontal: 0.9,
    });
  });

  it('has no figure where nothing counts', () => {
    expect(figuresOf([scored({})])).toMatchObject({ numbers: Number.NaN, order: Number.NaN, boxes: Number.NaN });
  });
});
