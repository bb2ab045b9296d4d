import type { PixelRegion } from '../../../image/pixel-region.js';
import type { Rectangle } from '../../../image/polygon.js';
import { boundsOf, boxHeight, boxWidth, pointInBox, unionOf, type LineBox, type Point } from '../line/geometry.js';

// All sides are in pixels at the detector, which gets the image scaled, except where they are said to be the image's.

/** Height of a tile at most, and how much of it the next tile sees as well, at most in pixels and as a share of it. */
const maxTileHeight = 960;
const [maxTileOverlap, maxTileOverlapShare] = [80, 0.4];
/** Share of half an overlap in which boxes are left to the other tile, which sees all of them. */
const coreMargin = 0.9;
/**
 * What the detector sees at a time, in pixels: 140 MB, which its thread keeps, and 0.15 s on a core. Tiles of wide pages are
 * lower than others, so that they have no more.
 */
export const maxTilePixels = 600_000;
/** A tile is this long at most: longer ones would have to be too low. Lines that are longer are read in pieces. */
const maxTileLength = 6240;

/** A part of an image that is seen at a time. */
export interface Tile {
  /** In pixels of the image. */
  readonly region: PixelRegion;
  /** Whether the middle of a box is far enough from the next tiles for this tile to see all of it. */
  readonly isInCore: (middle: Point) => boolean;
}

/** Tiles in rows along the lines of an image. */
export interface Tiling {
  /** Row by row, or column by column where lines run up or down. */
  readonly tiles: readonly Tile[];
  readonly rowLength: number;
}

/**
 * Divides a part of an image into overlapping tiles.
 * @param scale of the image at the detector
 * @param areColumns whether its lines run up or down
 */
export function tilingOf({ left, top, width, height }: PixelRegion, scale: number, areColumns: boolean): Tiling {
  const [along, across] = areColumns ? [height, width] : [width, height];
  const [alongStart, acrossStart] = areColumns ? [top, left] : [left, top];
  const columns = sectionsOf(alongStart, along, maxTileLength / scale, maxTileOverlap / scale);
  const maxHeight = Math.min(maxTileHeight, maxTilePixels / (columns[0]!.size * scale));
  const overlap = Math.min(maxTileOverlap, maxTileOverlapShare * maxHeight);
  const rows = sectionsOf(acrossStart, across, maxHeight / scale, overlap / scale);
  const tiles = rows.flatMap((row) =>
    columns.map((column): Tile => {
      const [x, y] = areColumns ? [row, column] : [column, row];
      return {
        region: { left: x.start, top: y.start, width: x.size, height: y.size },
        isInCore: (middle) => isBetween(middle.x, x) && isBetween(middle.y, y),
      };
    }),
  );
  return { tiles, rowLength: columns.length };
}

/** A section of a side of an image. */
interface Section {
  readonly start: number;
  readonly size: number;
  readonly coreStart: number;
  readonly coreEnd: number;
}

/** Sections of the same size, as few as there have to be, from a start. */
function sectionsOf(from: number, length: number, maxSize: number, overlap: number): Section[] {
  const count = Math.max(1, Math.ceil((length - overlap) / (maxSize - overlap)));
  const size = Math.ceil((length + (count - 1) * overlap) / count);
  const step = count === 1 ? 0 : (length - size) / (count - 1);
  const margin = ((size - step) / 2) * coreMargin;
  return Array.from({ length: count }, (_, index) => {
    const start = from + Math.round(index * step);
    const coreStart = index === 0 ? -Infinity : start + margin;
    const coreEnd = index === count - 1 ? Infinity : start + size - margin;
    return { start, size, coreStart, coreEnd };
  });
}

function isBetween(middle: number, { coreStart, coreEnd }: Section): boolean {
  return middle >= coreStart && middle <= coreEnd;
}

/** The lines of an image, each once, from the boxes that were found in its tiles. */
export function joinTiles({ tiles, rowLength }: Tiling, found: ReadonlyArray<readonly LineBox[]>): LineBox[] {
  const lines: LineBox[] = [];
  const kept: Seen[][] = [];
  for (const [index, { region, isInCore }] of tiles.entries()) {
    // Only the tile before and those of the row before share pixels with this one, and only a part of their lines does.
    const near = kept
      .slice(Math.max(0, index - rowLength - 1))
      .flat()
      .filter((line) => reaches(line, region));
    const zone = unionOf(near);
    const own = found[index]!.filter((box) => {
      const middle = pointInBox(box, 0.5, 0.5);
      return isInCore(middle) && !(contains(zone, middle) && near.some((line) => covers(line, box, middle)));
    });
    kept.push(own.map(seen));
    lines.push(...own);
  }
  return lines;
}

/** A line that was found, as far as later boxes are compared with it. */
interface Seen extends Rectangle {
  readonly width: number;
  readonly height: number;
}

function seen(line: LineBox): Seen {
  return { ...boundsOf(line), width: boxWidth(line), height: boxHeight(line) };
}

function reaches({ left, top, right, bottom }: Rectangle, region: PixelRegion): boolean {
  return (
    right >= region.left &&
    left <= region.left + region.width &&
    bottom >= region.top &&
    top <= region.top + region.height
  );
}

/** Whether a box is another view of a line, from a tile that overlaps. */
function covers(line: Seen, box: LineBox, middle: Point): boolean {
  return contains(line, middle) && boxHeight(box) < 2 * line.height && boxWidth(box) < 2 * line.width;
}

function contains({ left, top, right, bottom }: Rectangle, { x, y }: Point): boolean {
  return x > left && x < right && y > top && y < bottom;
}
