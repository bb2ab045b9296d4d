/** Offsets of the circle of 16 pixels that FAST compares with its centre. */
const circle: ReadonlyArray<readonly [x: number, y: number]> = [
  [0, -3], [1, -3], [2, -2], [3, -1], [3, 0], [3, 1], [2, 2], [1, 3],
  [0, 3], [-1, 3], [-2, 2], [-3, 1], [-3, 0], [-3, -1], [-2, -2], [-1, -3],
];
/** Pixels in a row that must all be brighter, or all darker. */
const arc = 9;

/** For every pattern of 16 bits whether 9 in a row are set, around the corner too. */
const hasArc = Uint8Array.from({ length: 65_536 }, (_, bits) => {
  let run = 0;
  for (let index = 0; index < 16 + arc; index++) {
    run = (bits >> (index & 15)) & 1 ? run + 1 : 0;
    if (run === arc) return 1;
  }
  return 0;
});

/**
 * Corners by FAST-9 (Rosten and Drummond 2006): pixels on whose circle 9 in a row are brighter or darker by `threshold`.
 * Of neighbouring ones only the clearest stays.
 * @param border pixels at the edges that are left out, at least 3
 * @returns positions, `y * width + x` each
 */
export function fastCorners(gray: Uint8Array, width: number, height: number, threshold: number, border: number): number[] {
  const offsets = circle.map(([x, y]) => y * width + x);
  const [north, east, south, west] = [offsets[0]!, offsets[4]!, offsets[8]!, offsets[12]!];
  const scores = new Uint16Array(width * height);
  const corners: number[] = [];
  for (let y = border; y < height - border; y++) {
    for (let at = y * width + border, end = (y + 1) * width - border; at < end; at++) {
      const bright = gray[at]! + threshold;
      const dark = gray[at]! - threshold;
      // Nine in a row hold two neighbours of the four in the main directions, so most pixels are done after these.
      const n = gray[at + north]!;
      const s = gray[at + south]!;
      const e = gray[at + east]!;
      const w = gray[at + west]!;
      const mayBeBright = (n > bright || s > bright) && (e > bright || w > bright);
      const mayBeDark = (n < dark || s < dark) && (e < dark || w < dark);
      if (!mayBeBright && !mayBeDark) continue;
      let brighter = 0;
      let darker = 0;
      for (let index = 0; index < 16; index++) {
        const value = gray[at + offsets[index]!]!;
        if (value > bright) brighter |= 1 << index;
        else if (value < dark) darker |= 1 << index;
      }
      if (hasArc[brighter] !== 1 && hasArc[darker] !== 1) continue;
      let score = 0;
      for (let index = 0; index < 16; index++) score += Math.abs(gray[at + offsets[index]!]! - gray[at]!);
      scores[at] = score;
      corners.push(at);
    }
  }
  return corners.filter((at) => isPeak(scores, at, width));
}

function isPeak(scores: Uint16Array, at: number, width: number): boolean {
  const score = scores[at]!;
  // Of two equal neighbours the first stays.
  for (let row = at - width; row <= at + width; row += width) {
    for (let other = row - 1; other <= row + 1; other++) {
      if (scores[other]! > score || (scores[other] === score && other < at)) return false;
    }
  }
  return true;
}

/** Harris' measure of a corner over a window of 7 x 7 pixels (Harris and Stephens 1988). */
export function harrisResponse(gray: Uint8Array, width: number, at: number): number {
  let xx = 0;
  let yy = 0;
  let xy = 0;
  for (let dy = -3; dy <= 3; dy++) {
    for (let dx = -3, p = at + dy * width - 3; dx <= 3; dx++, p++) {
      const rising = gray[p + width + 1]! - gray[p - width - 1]!;
      const falling = gray[p - width + 1]! - gray[p + width - 1]!;
      const gx = rising + falling + 2 * (gray[p + 1]! - gray[p - 1]!);
      const gy = rising - falling + 2 * (gray[p + width]! - gray[p - width]!);
      xx += gx * gx;
      yy += gy * gy;
      xy += gx * gy;
    }
  }
  return xx * yy - xy * xy - 0.04 * (xx + yy) ** 2;
}
