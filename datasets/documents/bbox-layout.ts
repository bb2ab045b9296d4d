import type { LabeledWord } from '../word-boxes.js';

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

const wordPattern = /<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">(.*?)<\/word>/gs;

/**
 * The words of the first page in what `pdftotext -bbox-layout` prints, by lines in its order. The logo of LaTeX, whose
 * letters stand at different heights and so are words of their own there, is one word.
 *
 * @param dpi pixels an inch of the boxes; the text has them in points, of which an inch has 72
 */
export function parseBboxLayout(text: string, dpi: number): LabeledWord[][] {
  const [page = ''] = text.split('</page>');
  const scale = dpi / 72;
  return page
    .split('<line ')
    .slice(1)
    .map((line) =>
      joinLogos(
        [...line.matchAll(wordPattern)].map(([, left, top, right, bottom, word = '']) => ({
          text: word.replaceAll(/&(\w+);/g, (whole, name: string) => entities[name] ?? whole),
          box: [Number(left) * scale, Number(top) * scale, Number(right) * scale, Number(bottom) * scale],
        })),
      ),
    );
}

function joinLogos(words: readonly LabeledWord[]): LabeledWord[] {
  const joined: LabeledWord[] = [];
  for (const word of words) {
    const [l, a] = joined.slice(-2);
    if (!word.text.startsWith('TEX') || l === undefined || !l.text.endsWith('L') || a?.text !== 'A') {
      joined.push(word);
      continue;
    }
    const boxes = [l.box, a.box, word.box];
    const edge = (index: 0 | 1 | 2 | 3): number[] => boxes.map((box) => box[index]);
    joined.splice(-2, 2, {
      text: `${l.text}A${word.text}`,
      box: [Math.min(...edge(0)), Math.min(...edge(1)), Math.max(...edge(2)), Math.max(...edge(3))],
    });
  }
  return joined;
}
