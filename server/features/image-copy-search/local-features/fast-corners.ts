import { createCopySearchKernel, reserve } from '../../../wasm/kernel.js';

/** Offsets of the 16 pixels on the circle that FAST compares with its center. */
const circle: ReadonlyArray<readonly [x: number, y: number]> = [
  [0, -3],
  [1, -3],
  [2, -2],
  [3, -1],
  [3, 0],
  [3, 1],
  [2, 2],
  [1, 3],
  [0, 3],
  [-1, 3],
  [-2, 2],
  [-3, 1],
  [-3, 0],
  [-3, -1],
  [-2, -2],
  [-1, -3],
];
/** Offsets in the memory of the kernel: the first eight are repeated at the end, for runs that cross the first one. */
const circleInts = circle.length + 8;
const pixelsAt = 4 * circleInts;
/** More than the pixels of any picture that is searched for corners. */
const positionLimit = 2 ** 24;

const kernel = createCopySearchKernel(1);

/**
 * Finds corners by FAST-9 (Rosten and Drummond 2006): pixels on whose circle 9 consecutive ones are brighter, or
 * darker, by more than `threshold`. Of neighboring corners only the strongest is kept.
 * @param border width of the margin that is left out, in pixels, at least 3
 * @returns positions, `y * width + x`, the strongest first
 */
export function fastCorners(
  gray: Uint8Array,
  width: number,
  height: number,
  threshold: number,
  border: number,
): number[] {
  const offsets = Int32Array.from({ length: circleInts }, (_, index) => {
    const [x, y] = circle[index % circle.length]!;
    return y * width + x;
  });
  const outAt = pixelsAt + ((gray.length + 3) & ~3);
  reserve(kernel, outAt + 4 * gray.length);
  new Int32Array(kernel.memory.buffer).set(offsets);
  new Uint8Array(kernel.memory.buffer).set(gray, pixelsAt);
  const count = kernel.findCorners(pixelsAt, width, height, border, threshold, 0, outAt);
  const corners = new Int32Array(kernel.memory.buffer, outAt, count);
  const scores = new Uint16Array(width * height);
  for (const at of corners) {
    let score = 0;
    for (let index = 0; index < circle.length; index++) score += Math.abs(gray[at + offsets[index]!]! - gray[at]!);
    scores[at] = score;
  }
  // Score and position are packed into one number: sorting numbers takes a tenth of the time of a comparison function.
  const keys = new Float64Array(count);
  let peaks = 0;
  for (const at of corners) if (isPeak(scores, at, width)) keys[peaks++] = scores[at]! * positionLimit - at;
  const sorted = keys.subarray(0, peaks).toSorted().toReversed();
  return Array.from(sorted, (key) => (positionLimit - (key % positionLimit)) % positionLimit);
}

function isPeak(scores: Uint16Array, at: number, width: number): boolean {
  const score = scores[at]!;
  // Of two equal neighbors the first is kept.
  for (let row = at - width; row <= at + width; row += width) {
    for (let neighbor = row - 1; neighbor <= row + 1; neighbor++) {
      if (scores[neighbor]! > score || (scores[neighbor] === score && neighbor < at)) return false;
    }
  }
  return true;
}

/** The Harris corner response over a window of 7 x 7 pixels (Harris and Stephens 1988). */
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
