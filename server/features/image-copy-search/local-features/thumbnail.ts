import type { Luma } from '../luma/luma.js';
import { resizeLuma } from '../luma/resize-luma.js';
import type { Affine } from './match-features.js';

/** A picture in a few hundred cells of 16 shades of gray: enough to tell whether two pictures show the same where they overlap. */
export interface Thumbnail {
  readonly columns: number;
  readonly rows: number;
  /** Sides of the picture over the longer of them. */
  readonly width: number;
  readonly height: number;
  /** 0 (the darkest) to 15 (the brightest), row by row from the top left. */
  readonly levels: Uint8Array;
}

const brightest = 15;
/** Columns, rows, and the shorter side over the longer in 255 steps. */
export const thumbnailHeaderBytes = 3;
/** Points that a cell is compared at, a side: in the query it may be many cells. */
const pointsASide = 3;
/** Fewer cells than that tell nothing. */
const minCells = 12;

/** A thumbnail of at most so many cells, which are nearly square. */
export function thumbnailOf(luma: Luma, cells: number): Thumbnail {
  const longer = Math.max(luma.width, luma.height);
  const [columns, rows] = gridOf(luma.width / luma.height, cells);
  const { data } = resizeLuma(luma, columns, rows);
  const darkest = data.reduce((least, value) => Math.min(least, value), 255);
  const range = data.reduce((most, value) => Math.max(most, value), 0) - darkest || 1;
  const levels = Uint8Array.from(data, (value) => Math.round((brightest * (value - darkest)) / range));
  return { columns, rows, width: luma.width / longer, height: luma.height / longer, levels };
}

function gridOf(aspect: number, cells: number): [columns: number, rows: number] {
  const within = (count: number): number => Math.max(1, Math.min(255, Math.floor(count)));
  const columns = within(Math.min(cells, Math.sqrt(cells * aspect)));
  return [columns, within(cells / columns)];
}

/** Packs a thumbnail: two cells a byte. */
export function encodeThumbnail({ columns, rows, width, height, levels }: Thumbnail): Uint8Array {
  const bytes = new Uint8Array(thumbnailHeaderBytes + Math.ceil(levels.length / 2));
  // The longer side has a length of 1, and the more cells.
  bytes.set([columns, rows, Math.round(255 * Math.min(width, height))]);
  for (let cell = 0; cell < levels.length; cell++) {
    bytes[thumbnailHeaderBytes + (cell >> 1)]! |= levels[cell]! << (4 * (cell & 1));
  }
  return bytes;
}

/** Reads what `encodeThumbnail` wrote at the beginning of the bytes. @returns also how many bytes it took; undefined where they are none */
export function decodeThumbnail(bytes: Uint8Array): { thumbnail: Thumbnail; length: number } | undefined {
  const [columns = 0, rows = 0, shorter = 0] = bytes;
  const length = thumbnailHeaderBytes + Math.ceil((columns * rows) / 2);
  if (bytes.length < length || columns === 0 || rows === 0) return undefined;
  const levels = Uint8Array.from(
    { length: columns * rows },
    (_, cell) => (bytes[thumbnailHeaderBytes + (cell >> 1)]! >> (4 * (cell & 1))) & brightest,
  );
  const [width, height] = columns >= rows ? [1, shorter / 255] : [shorter / 255, 1];
  return { thumbnail: { columns, rows, width, height, levels }, length };
}

/**
 * How alike two pictures are where they overlap: the correlation of their brightness, from -1 to 1, where 1 is the same but
 * for brightness and contrast; 0 where they overlap too little, or one of them is flat there.
 * @param map brings points of the query, in its longer sides, onto those of the other picture
 */
export function correlation(query: Thumbnail, other: Thumbnail, [a, b, c, d, e, f]: Affine): number {
  const determinant = a * d - b * c;
  if (Math.abs(determinant) < 1e-9) return 0;
  const [stepX, stepY] = [other.width / other.columns / pointsASide, other.height / other.rows / pointsASide];
  let [count, sumQ, sumO, sumQQ, sumOO, sumQO] = [0, 0, 0, 0, 0, 0];
  for (let row = 0, cell = 0; row < other.rows; row++) {
    for (let column = 0; column < other.columns; column++, cell++) {
      let [sum, points] = [0, 0];
      for (let point = 0; point < pointsASide ** 2; point++) {
        const x = (column * pointsASide + (point % pointsASide) + 0.5) * stepX - e;
        const y = (row * pointsASide + Math.floor(point / pointsASide) + 0.5) * stepY - f;
        const value = sample(query, (d * x - c * y) / determinant, (a * y - b * x) / determinant);
        if (value < 0) continue;
        sum += value;
        points++;
      }
      // A cell of which less is seen is an edge of the query, or a border that someone put around it.
      if (2 * points < pointsASide ** 2) continue;
      const [q, o] = [sum / points, other.levels[cell]!];
      count++;
      sumQ += q;
      sumO += o;
      sumQQ += q * q;
      sumOO += o * o;
      sumQO += q * o;
    }
  }
  if (count < minCells) return 0;
  const [varianceQ, varianceO] = [sumQQ - (sumQ * sumQ) / count, sumOO - (sumO * sumO) / count];
  return varianceQ < 1e-6 || varianceO < 1e-6 ? 0 : (sumQO - (sumQ * sumO) / count) / Math.sqrt(varianceQ * varianceO);
}

/** Brightness at a point, in longer sides, between the centers of the cells around it; -1 outside of the picture. */
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
