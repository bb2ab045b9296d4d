/** A box that FaceBoxes predicts offsets from, in pixels of the canvas. */
export interface Anchor {
  readonly centerX: number;
  readonly centerY: number;
  readonly width: number;
  readonly height: number;
}

/** A grid of the network: cells of `stride` pixels, each with `density` x `density` squares of every size. */
export interface AnchorLevel {
  readonly stride: number;
  readonly squares: ReadonlyArray<readonly [size: number, density: number]>;
}

/**
 * The three grids of FaceBoxes (Zhang et al. 2017). Small squares are denser than the grid, so that they cover small
 * faces.
 */
export const faceBoxesLevels: readonly [AnchorLevel, AnchorLevel, AnchorLevel] = [
  {
    stride: 32,
    squares: [
      [32, 4],
      [64, 2],
      [128, 1],
    ],
  },
  { stride: 64, squares: [[256, 1]] },
  { stride: 128, squares: [[512, 1]] },
];

/**
 * The anchor of an output of the network, by its index: cell by cell in rows, within a cell size by size, and the
 * squares of a size in columns. Clipped to the canvas, as in training.
 */
export function anchorAt({ stride, squares }: AnchorLevel, index: number, width: number, height: number): Anchor {
  const count = squares.reduce((sum, [, density]) => sum + density * density, 0);
  const cell = Math.floor(index / count);
  const columns = Math.ceil(width / stride);
  const x = ((cell % columns) + 0.5) * stride;
  const y = (Math.floor(cell / columns) + 0.5) * stride;
  let place = index % count;
  for (const [size, density] of squares) {
    if (place < density * density) {
      const offset = (step: number): number => ((step + 0.5) / density - 0.5) * size;
      return clipped(x + offset(Math.floor(place / density)), y + offset(place % density), size, width, height);
    }
    place -= density * density;
  }
  throw new RangeError('A cell has no squares');
}

function clipped(x: number, y: number, size: number, width: number, height: number): Anchor {
  const [left, right] = [Math.max(0, x - size / 2), Math.min(width, x + size / 2)];
  const [top, bottom] = [Math.max(0, y - size / 2), Math.min(height, y + size / 2)];
  return { centerX: (left + right) / 2, centerY: (top + bottom) / 2, width: right - left, height: bottom - top };
}
