import { drawTexts, stacked } from '../datasets/drawn/draw-text.js';
import { seeded } from './seeded.js';

const words =
  'invoice order coffee paper winter garden silver window market bridge number letter office orange summer winner'.split(
    ' ',
  );

/** Small pages of a few drawn lines, all different and the same in every run. PNG files. */
export function drawPages(count: number): Promise<Buffer[]> {
  const next = seeded(20_261_130);
  const pages = Array.from({ length: count }, () => {
    const lines = Array.from({ length: 4 + next(4) }, () =>
      [words[next(words.length)], words[next(words.length)], 100 + next(900)].join(' '),
    );
    return drawTexts(640, 420, stacked(lines, 26)).png().toBuffer();
  });
  return Promise.all(pages);
}
