import type { Image } from '../../../image/image.js';
import { cropLine } from './crop-line.js';
import { boxHeight, boxWidth, pointInBox, rotated180, type LineBox } from './geometry.js';
import { inkColumns } from './trim-to-ink.js';

/** Height of the crops that are looked at, in pixels. */
const cropHeight = 24;
/** How far an end is looked at on both sides, in heights. Ink that goes on beyond is a rule and no text. */
const [inside, outside] = [1, 2];
/** Ink at an end is of another text if the gap between it and the rest is wider, in heights. */
const maxGap = 0.45;
/** What a box gets beyond the ink, in heights. */
const margin = 0.15;

/** Moves the ends of a box that cut through ink to where the ink ends. */
export function extendToInk(image: Image, box: LineBox): LineBox {
  return rotated180(withRightEnd(image, rotated180(withRightEnd(image, box))));
}

function withRightEnd(image: Image, box: LineBox): LineBox {
  const height = boxHeight(box) / Math.max(1, boxWidth(box));
  const end = partOf(box, 1 - inside * height, 1 + outside * height);
  const columns = inkColumns(cropLine(image, end, cropHeight, (inside + outside) * cropHeight));
  const cut = inside * cropHeight;
  if (columns[cut - 1] !== true || columns[cut] !== true) return box;
  const gapEnd = columns.lastIndexOf(false, cut);
  const gap = gapEnd === -1 ? 0 : gapEnd - columns.lastIndexOf(true, gapEnd);
  if (gap > maxGap * cropHeight) return box;
  const inkEnd = columns.indexOf(false, cut);
  return inkEnd === -1 ? box : partOf(box, 0, 1 + height * ((inkEnd - cut) / cropHeight + margin));
}

/** The part of a box between two shares of its width, or what is beyond. */
function partOf(box: LineBox, from: number, to: number): LineBox {
  return [pointInBox(box, from, 0), pointInBox(box, to, 0), pointInBox(box, to, 1), pointInBox(box, from, 1)];
}
