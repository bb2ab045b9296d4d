import type { DocumentPage } from '../../datasets/documents/document-page.js';
import type { PageScore } from '../../datasets/documents/page-score.js';
import { outcomes } from '../../datasets/documents/word-outcome.js';

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

/** Figures of all pages, of each kind and of each language, as rows of a table. */
export function figureRows(scored: readonly ScoredPage[]): Array<Record<string, string | number>> {
  const groups = (of: (page: DocumentPage) => string): Array<Record<string, string | number>> =>
    [...new Set(scored.map(({ page }) => of(page)))].toSorted().map((name) =>
      figureRow(
        name,
        scored.filter(({ page }) => of(page) === name),
      ),
    );
  return [figureRow('all', scored), ...groups(({ kind }) => kind), ...groups(({ language }) => language)];
}

/** Share of all printed words by what became of them, those that are read right left out. */
export function outcomeRow(scored: readonly ScoredPage[]): Record<string, string> {
  const wrong = scored.flatMap(({ score }) => score.wrong);
  const words = scored.reduce((total, { score }) => total + score.words.expected, 0);
  return Object.fromEntries(
    outcomes.map((outcome) => [
      outcome === 'right' ? 'twice' : outcome,
      percent(wrong.filter((word) => word.outcome === outcome).length / words),
    ]),
  );
}

function figureRow(name: string, scored: readonly ScoredPage[]): Record<string, string | number> {
  const figures = figuresOf(scored);
  return {
    '': name,
    pages: figures.pages,
    words: figures.words,
    recall: percent(figures.recall),
    precision: percent(figures.precision),
    missing: percent(figures.missingLines),
    unread: percent(figures.unreadLines),
    cut: percent(figures.cutLines),
    numbers: percent(figures.numbers),
    script: percent(figures.otherScript),
    order: decimals(figures.order),
    boxes: decimals(figures.boxes),
    horizontal: decimals(figures.horizontal),
  };
}

function percent(share: number): string {
  return Number.isNaN(share) ? '-' : `${(100 * share).toFixed(2)}%`;
}

function decimals(value: number): string {
  return Number.isNaN(value) ? '-' : value.toFixed(3);
}

function mean(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}
