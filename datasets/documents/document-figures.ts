import type { DocumentPage } from './document-page.js';
import type { PageScore } from './page-score.js';

/** A page and how well a reader read it. */
export interface ScoredPage {
  readonly page: DocumentPage;
  readonly score: PageScore;
}

/** Figures of several pages, each word, number or line with the same weight. Shares from 0 to 1, NaN where nothing counts. */
export interface DocumentFigures {
  readonly pages: number;
  readonly words: number;
  readonly recall: number;
  readonly precision: number;
  readonly missingLines: number;
  readonly unreadLines: number;
  readonly cutLines: number;
  readonly numbers: number;
  /** Share of all words. */
  readonly otherScript: number;
  /** Kendall's tau, the mean of pages. */
  readonly order: number;
  /** Mean intersection over union of the boxes of words that were read right. */
  readonly boxes: number;
  readonly horizontal: number;
}

export function figuresOf(scored: readonly ScoredPage[]): DocumentFigures {
  const sum = (value: (score: PageScore) => number): number =>
    scored.reduce((total, { score }) => total + value(score), 0);
  const [words, found, lines] = [
    sum((score) => score.words.expected),
    sum((score) => score.words.found),
    sum((score) => score.lines),
  ];
  const overlaps = scored.flatMap(({ score }) => score.overlaps);
  return {
    pages: scored.length,
    words,
    recall: found / words,
    precision: found / sum((score) => score.words.read),
    missingLines: sum((score) => score.missingLines) / lines,
    unreadLines: sum((score) => score.unreadLines) / lines,
    cutLines: sum((score) => score.cutLines) / lines,
    numbers: sum((score) => score.numbers.found) / sum((score) => score.numbers.expected),
    otherScript: sum(({ wrong }) => wrong.filter(({ outcome }) => outcome === 'script').length) / words,
    order: mean(scored.flatMap(({ score }) => score.order ?? [])),
    boxes: mean(overlaps.map(({ area }) => area)),
    horizontal: mean(overlaps.map(({ horizontal }) => horizontal)),
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}
