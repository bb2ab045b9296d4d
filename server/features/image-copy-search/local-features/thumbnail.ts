import type { Luma } from '../luma/luma.js';
import { resizeLuma } from '../luma/resize-luma.js';
import type { Affine } from './find-consensus.js';

/**
 * A picture in a few hundred cells of 16 shades of gray: enough to compare what two pictures show where they overlap.
 */
export interface Thumbnail {
  readonly columns: number;
  readonly rows: number;
  /** Sides of the picture, in units of the longer one. */
  readonly width: number;
  readonly height: number;
  /** 0 (the darkest) to 15 (the brightest), row by row from the top left. */
  readonly levels: Uint8Array;
}

const maxLevel = 15;
/** Bytes for the columns, the rows, and the ratio of the shorter side to the longer in steps of 1/255. */
export const thumbnailHeaderBytes = 3;
/** A cell is compared at a grid of so many points per side: it may cover many cells of the query. */
const pointsPerSide = 3;
/** Fewer cells in common give no correlation. Set by hand. */
const minCommonCells = 12;

/** A thumbnail of at most `maxCells` cells, which are nearly square. */
export function thumbnailOf(luma: Luma, maxCells: number): Thumbnail {
  const longer = Math.max(luma.width, luma.height);
  const [columns, rows] = gridOf(luma.width / luma.height, maxCells);
  const { data } = resizeLuma(luma, columns, rows);
  const min = data.reduce((darkest, value) => Math.min(darkest, value), 255);
  const range = data.reduce((brightest, value) => Math.max(brightest, value), 0) - min || 1;
  const levels = Uint8Array.from(data, (value) => Math.round((maxLevel * (value - min)) / range));
  return { columns, rows, width: luma.width / longer, height: luma.height / longer, levels };
}

function gridOf(aspect: number, maxCells: number): [columns: number, rows: number] {
  const toByte = (count: number): number => Math.max(1, Math.min(255, Math.floor(count)));
  const columns = toByte(Math.min(maxCells, Math.sqrt(maxCells * aspect)));
  return [columns, toByte(maxCells / columns)];
}

/** Encodes a thumbnail, two cells per byte. */
export function encodeThumbnail({ columns, rows, width, height, levels }: Thumbnail): Uint8Array {
  const bytes = new Uint8Array(thumbnailHeaderBytes + Math.ceil(levels.length / 2));
  // The longer side has length 1 and more cells, so that it need not be stored which one it is.
  bytes.set([columns, rows, Math.round(255 * Math.min(width, height))]);
  for (let cell = 0; cell < levels.length; cell++) {
    bytes[thumbnailHeaderBytes + (cell >> 1)]! |= levels[cell]! << (4 * (cell & 1));
  }
  return bytes;
}

/**
 * Decodes what `encodeThumbnail` wrote to the beginning of the bytes.
 * @returns also its length; undefined where there is none
 */
export function decodeThumbnail(bytes: Uint8Array): { thumbnail: Thumbnail; length: number } | undefined {
  const [columns = 0, rows = 0, shorter = 0] = bytes;
  const length = thumbnailHeaderBytes + Math.ceil((columns * rows) / 2);
  if (bytes.length < length || columns === 0 || rows === 0) return undefined;
  const levels = Uint8Array.from(
    { length: columns * rows },
    (_, cell) => (bytes[thumbnailHeaderBytes + (cell >> 1)]! >> (4 * (cell & 1))) & maxLevel,
  );
  const [width, height] = columns >= rows ? [1, shorter / 255] : [shorter / 255, 1];
  return { thumbnail: { columns, rows, width, height, levels }, length };
}

/**
 * Correlation of the brightness of two pictures where they overlap, from -1 to 1. It is 1 for pictures that differ in
 * brightness and contrast alone, 0 where they overlap too little or one of them is flat.
 * @param map maps points of the query onto those of the other picture, both in units of the longer side
 */
export function correlation(query: Thumbnail, other: Thumbnail, map: Affine): number {
  const [a, b, c, d] = map;
  if (Math.abs(a * d - b * c) < 1e-9) return 0;
  const [queryLevels, otherLevels]: [number[], number[]] = [[], []];
  for (let row = 0, cell = 0; row < other.rows; row++) {
    for (let column = 0; column < other.columns; column++, cell++) {
      const level = levelUnderCell(query, other, column, row, map);
      if (level === undefined) continue;
      queryLevels.push(level);
      otherLevels.push(other.levels[cell]!);
    }
  }
  return queryLevels.length < minCommonCells ? 0 : pearson(queryLevels, otherLevels);
}

/** Mean level of the query under a cell of the other picture; undefined where it covers less than half of the cell. */
function levelUnderCell(
  query: Thumbnail,
  other: Thumbnail,
  column: number,
  row: number,
  [a, b, c, d, e, f]: Affine,
): number | undefined {
  const determinant = a * d - b * c;
  const [stepX, stepY] = [other.width / other.columns / pointsPerSide, other.height / other.rows / pointsPerSide];
  let [sum, points] = [0, 0];
  for (let point = 0; point < pointsPerSide ** 2; point++) {
    const x = (column * pointsPerSide + (point % pointsPerSide) + 0.5) * stepX - e;
    const y = (row * pointsPerSide + Math.floor(point / pointsPerSide) + 0.5) * stepY - f;
    const level = sample(query, (d * x - c * y) / determinant, (a * y - b * x) / determinant);
    if (level < 0) continue;
    sum += level;
    points++;
  }
  return 2 * points < pointsPerSide ** 2 ? undefined : sum / points;
}

/** Pearson's correlation coefficient; 0 where one of the lists is constant. */
function pearson(a: readonly number[], b: readonly number[]): number {
  let [sumA, sumB, sumAA, sumBB, sumAB] = [0, 0, 0, 0, 0];
  for (const [index, valueA] of a.entries()) {
    const valueB = b[index]!;
    sumA += valueA;
    sumB += valueB;
    sumAA += valueA * valueA;
    sumBB += valueB * valueB;
    sumAB += valueA * valueB;
  }
  const count = a.length;
  const [varianceA, varianceB] = [sumAA - (sumA * sumA) / count, sumBB - (sumB * sumB) / count];
  return varianceA < 1e-6 || varianceB < 1e-6 ? 0 : (sumAB - (sumA * sumB) / count) / Math.sqrt(varianceA * varianceB);
}

/** Level at a point, in units of the longer side, interpolated between the cells around it; -1 outside the picture. */
function sample({ columns, rows, width, height, levels }: Thumbnail, x: number, y: number): number {
  if (x < 0 || y < 0 || x >= width || y >= height) return -1;
  const [column, row] = [Math.max(0, (x / width) * columns - 0.5), Math.max(0, (y / height) * rows - 0.5)];
  const [left, top] = [Math.floor(column), Math.floor(row)];
  const [right, bottom] = [Math.min(columns - 1, left + 1), Math.min(rows - 1, top + 1)];
  const [dx, dy] = [column - left, row - top];
  const upper = levels[top * columns + left]! * (1 - dx) + levels[top * columns + right]! * dx;
  const lower = levels[bottom * columns + left]! * (1 - dx) + levels[bottom * columns + right]! * dx;
  return upper * (1 - dy) + lower * dy;
}
