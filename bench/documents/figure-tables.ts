import { figuresOf, type ScoredPage } from '../../datasets/documents/document-figures.js';
import type { DocumentPage } from '../../datasets/documents/document-page.js';
import { outcomes } from '../../datasets/documents/word-outcome.js';

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
