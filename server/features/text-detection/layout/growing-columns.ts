import { heightOf, widthOf, type Placed } from './placed.js';
import { RunningMedian } from './running-median.js';

// Chosen by hand, with the 24 pages of datasets/drawn/page-layouts.ts as tests.

/** Minimum lines of a column of prose, and their minimum median width in heights, some twelve characters. */
const prose = { minLines: 3, minAspect: 6 } as const;
/** Next to a column of this length and width the others need not be prose: they may be a caption or a note. */
const mainText = { minLines: 4, minAspect: 12 } as const;
/** Minimum gap between columns, in heights of a line. */
const minGutter = 0.8;
/** A column with this share of labels or values belongs to a table or a form. */
const minTableShare = 0.34;

/** What is known of the lines of a column, and its extent. */
export interface Column {
  readonly left: number;
  readonly right: number;
  readonly lines: number;
  /** Lines that look like cells of a table or a form: labels and values. */
  readonly cells: number;
  /** Lines that are wide enough for prose, and for main text. */
  readonly proseLines: number;
  readonly mainLines: number;
}

/** The column of a single line. */
export function columnOf(line: Placed): Column {
  const aspect = widthOf(line) / Math.max(1, heightOf(line));
  return {
    left: line.bounds.left,
    right: line.bounds.right,
    lines: 1,
    cells: isLabel(line.text) || isValue(line.text) ? 1 : 0,
    proseLines: aspect >= prose.minAspect ? 1 : 0,
    mainLines: aspect >= mainText.minAspect ? 1 : 0,
  };
}

/**
 * The columns of lines that come one by one. Sorting them again for every line would take minutes for a long list; this
 * takes a moment.
 */
export class GrowingColumns {
  /** From the left. They do not overlap. */
  readonly #columns: Column[] = [];
  readonly #heights = new RunningMedian();

  add(line: Column, height: number): void {
    const first = this.#firstEndingAfter(line.left);
    let column = line;
    let overlapping = 0;
    for (let other = this.#columns[first]; other !== undefined; other = this.#columns[first + overlapping]) {
      if (other.left >= line.right) break;
      column = joined(other, column);
      overlapping++;
    }
    this.#columns.splice(first, overlapping, column);
    this.#heights.add(height);
  }

  #firstEndingAfter(position: number): number {
    let [low, high] = [0, this.#columns.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#columns[middle]!.right <= position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Minimum gap between columns, in pixels. */
  get gutter(): number {
    return minGutter * this.#heights.value;
  }

  /** The columns with wide enough gaps between them. */
  get columns(): readonly Column[] {
    const { gutter } = this;
    const columns: Column[] = [];
    for (const column of this.#columns) {
      const last = columns.at(-1);
      if (last === undefined || column.left >= last.right + gutter) columns.push(column);
      else columns[columns.length - 1] = joined(last, column);
    }
    return columns;
  }
}

/** Whether columns are read one after the other: as prose, not as a table or a form. */
export function areProse(columns: readonly Column[]): boolean {
  if (columns.some(({ cells, lines }) => cells >= minTableShare * lines)) return false;
  return (
    columns.every(({ lines, proseLines }) => lines >= prose.minLines && isMost(proseLines, lines)) ||
    columns.some(({ lines, mainLines }) => lines >= mainText.minLines && isMost(mainLines, lines))
  );
}

/** Whether the median is among so many of the largest of `all` values. */
function isMost(count: number, all: number): boolean {
  return count >= all - Math.floor(all / 2);
}

function joined(a: Column, b: Column): Column {
  return {
    left: Math.min(a.left, b.left),
    right: Math.max(a.right, b.right),
    lines: a.lines + b.lines,
    cells: a.cells + b.cells,
    proseLines: a.proseLines + b.proseLines,
    mainLines: a.mainLines + b.mainLines,
  };
}

function isLabel(text: string): boolean {
  return /[:：]\s*$/.test(text);
}

/** Whether at least half of the characters are digits, as in a sum, a date or a number. */
function isValue(text: string): boolean {
  const characters = text.replace(/\s/g, '').length;
  return (text.match(/\d/g)?.length ?? 0) * 2 >= characters;
}
