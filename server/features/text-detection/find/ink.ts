import type { Image } from '../../../image/image.js';
import type { PixelRegion } from '../../../image/pixel-region.js';
import { withinImage, type Rectangle, type Size } from '../../../image/polygon.js';
import { boundsOf, unionOf, type LineBox } from '../line/geometry.js';

/** Logarithm of the side of a cell, which is 16 pixels. */
const cellBits = 4;
const cellSide = 1 << cellBits;
/** A cell has ink if its darkest and its lightest pixel differ by more: not by the noise of a scan, but by pale gray print. */
const minContrast = 56;
/** If fewer cells than this share are plain, the image is a photo, or so noisy that ink says nothing. */
const minPlainShare = 0.2;
/** Around what has ink, in pixels: the detector misses text at the edge of what it sees. */
const margin = 16;

/** Which cells of an image differ from a plain ground. */
export interface InkMap {
  readonly columns: number;
  readonly rows: number;
  /** 1 where a cell has ink, row by row. */
  readonly cells: Uint8Array;
}

/** Looks for ink in the green channel, which has most of the luminance. */
export function findInk({ width, height, rgb }: Image): InkMap {
  const columns = Math.ceil(width / cellSide);
  const rows = Math.ceil(height / cellSide);
  const cells = new Uint8Array(columns * rows);
  const [darkest, lightest] = [new Uint8Array(columns), new Uint8Array(columns)];
  for (let row = 0; row < rows; row++) {
    darkest.fill(255);
    lightest.fill(0);
    for (let y = row * cellSide; y < Math.min(height, (row + 1) * cellSide); y++) {
      for (let x = 0, at = 3 * y * width + 1; x < width; x++, at += 3) {
        const value = rgb[at]!;
        const column = x >> cellBits;
        if (value < darkest[column]!) darkest[column] = value;
        if (value > lightest[column]!) lightest[column] = value;
      }
    }
    for (let column = 0; column < columns; column++) {
      if (lightest[column]! - darkest[column]! > minContrast) cells[row * columns + column] = 1;
    }
  }
  return { columns, rows, cells };
}

/** Where the text of an image may be. */
export interface TextArea {
  /** The part of the image that has all of it, or undefined if there is none. */
  readonly bounds: PixelRegion | undefined;
  readonly mayHaveText: (region: PixelRegion) => boolean;
}

/** @param boxes lines that were found already */
export function textAreaOf(size: Size, { columns, rows, cells }: InkMap, boxes: readonly LineBox[]): TextArea {
  const found = boxes.map(boundsOf);
  const inked = cells.reduce((sum, cell) => sum + cell, 0);
  const tells = inked <= (1 - minPlainShare) * cells.length;
  const strips: Rectangle[] = [];
  for (let row = 0; row < (tells ? rows : 0); row++) {
    const line = cells.subarray(row * columns, (row + 1) * columns);
    const first = line.indexOf(1);
    if (first === -1) continue;
    const [left, right] = [first * cellSide, (line.lastIndexOf(1) + 1) * cellSide];
    strips.push({ left, right, top: row * cellSide, bottom: (row + 1) * cellSide });
  }
  const hasInk = ({ left, top, right, bottom }: Rectangle): boolean => {
    for (let row = top >> cellBits; row << cellBits < bottom; row++) {
      const start = row * columns;
      if (cells.subarray(start + (left >> cellBits), start + Math.ceil(right / cellSide)).includes(1)) return true;
    }
    return false;
  };
  return {
    bounds: found.length + strips.length === 0 ? undefined : around(unionOf([...found, ...strips]), size),
    mayHaveText({ left, top, width, height }) {
      const region = { left, top, right: left + width, bottom: top + height };
      return (tells && hasInk(region)) || found.some((box) => overlap(box, region));
    },
  };
}

/** A rectangle with a margin, within the image. */
function around({ left, top, right, bottom }: Rectangle, size: Size): PixelRegion {
  const grown = { left: left - margin, top: top - margin, right: right + margin, bottom: bottom + margin };
  const clipped = withinImage(grown, size);
  return {
    left: clipped.left,
    top: clipped.top,
    width: clipped.right - clipped.left,
    height: clipped.bottom - clipped.top,
  };
}

function overlap(a: Rectangle, b: Rectangle): boolean {
  return a.left < b.right && a.right > b.left && a.top < b.bottom && a.bottom > b.top;
}
