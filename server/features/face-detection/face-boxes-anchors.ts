/** A box that FaceBoxes moves and stretches, in pixels of the canvas. */
export interface Anchor {
  readonly centreX: number;
  readonly centreY: number;
  readonly width: number;
  readonly height: number;
}

/** A grid of the network: cells of `stride` pixels, and in each for every size `density` x `density` squares. */
export interface AnchorLevel {
  readonly stride: number;
  readonly squares: ReadonlyArray<readonly [size: number, density: number]>;
}

/** The three grids of FaceBoxes (Zhang et al. 2017): small squares stand denser than the grid, so that small faces meet some. */
export const faceBoxesLevels: readonly AnchorLevel[] = [
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
 * The anchors of a level, in the order of the network's outputs: cell by cell in rows, in a cell size by size, and the
 * dense squares in columns. Cut off at the edge of the canvas, as they were in training.
 */
export function levelAnchors({ stride, squares }: AnchorLevel, width: number, height: number): Anchor[] {
  const anchors: Anchor[] = [];
  for (let cellY = stride / 2; cellY < height; cellY += stride) {
    for (let cellX = stride / 2; cellX < width; cellX += stride) {
      for (const [size, density] of squares) {
        for (let column = 0; column < density; column++) {
          for (let row = 0; row < density; row++) {
            const offset = (index: number): number => ((index + 0.5) / density - 0.5) * size;
            anchors.push(cutOff(cellX + offset(column), cellY + offset(row), size, width, height));
          }
        }
      }
    }
  }
  return anchors;
}

function cutOff(x: number, y: number, size: number, width: number, height: number): Anchor {
  const [left, right] = [Math.max(0, x - size / 2), Math.min(width, x + size / 2)];
  const [top, bottom] = [Math.max(0, y - size / 2), Math.min(height, y + size / 2)];
  return { centreX: (left + right) / 2, centreY: (top + bottom) / 2, width: right - left, height: bottom - top };
}
