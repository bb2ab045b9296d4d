import { figuresOf, type DocumentFigures, type ScoredPage } from '../../datasets/documents/document-figures.js';
import { Report } from '../report.js';

export interface ServerFigures {
  /** Expected calibration error at 150 dpi. */
  readonly calibration: number;
  /** Median time of a page over that of Tesseract's command with one thread. NaN where it was not measured. */
  readonly timeRatio: number;
  /** Resident memory after all pages, and its highest. 0 where it is not known. */
  readonly residentMb: number;
  readonly peakMb: number;
}

/**
 * Prints figures beside their limits.
 *
 * @param scoredByDpi pages of visiond by resolution
 * @param fails whether the process fails where a limit is passed
 */
export function reportLimits(
  scoredByDpi: ReadonlyMap<number, readonly ScoredPage[]>,
  { calibration, timeRatio, residentMb, peakMb }: ServerFigures,
  fails: boolean,
): void {
  const report = new Report();
  const atLeast = (name: string, value: number, limit: number): void => {
    if (!Number.isNaN(value)) report.atLeast(name, value, limit);
  };
  const atMost = (name: string, value: number, limit: number): void => {
    if (!Number.isNaN(value)) report.atMost(name, value, limit);
  };
  const at = (dpi: number, kind?: string): DocumentFigures =>
    figuresOf((scoredByDpi.get(dpi) ?? []).filter(({ page }) => kind === undefined || page.kind === kind));
  const all = at(150);
  atLeast('word recall, 150 dpi, %', 100 * all.recall, 98);
  atLeast('word precision, 150 dpi, %', 100 * all.precision, 97);
  for (const kind of ['catalogue', 'code']) {
    atLeast(`word recall, ${kind}, %`, 100 * at(150, kind).recall, 96);
    atLeast(`word precision, ${kind}, %`, 100 * at(150, kind).precision, 95);
  }
  atMost('lines missing, %', 100 * all.missingLines, 0.4);
  atMost('lines cut, %', 100 * all.cutLines, 0.1);
  atLeast('numbers found, %', 100 * all.numbers, 95);
  atMost('words in the wrong script, %', 100 * all.otherScript, 0.15);
  const fine = [150, 200, 300].map((dpi) => 100 * at(dpi).recall).filter((recall) => !Number.isNaN(recall));
  if (fine.length > 1) atMost('recall between 150, 200 and 300 dpi, points', Math.max(...fine) - Math.min(...fine), 1);
  atMost('recall of 100 dpi behind 150, points', 100 * (all.recall - at(100).recall), 3);
  atLeast('box overlap', all.boxes, 0.75);
  atLeast('box overlap, horizontal', all.horizontal, 0.93);
  atMost('expected calibration error', calibration, 0.015);
  atMost("median time of a page over Tesseract's command", timeRatio, 0.45);
  if (residentMb > 0) report.atMost('memory after all pages, MB', residentMb, 900);
  if (peakMb > 0) report.note('highest memory, MB', peakMb);
  report.print(fails);
}
