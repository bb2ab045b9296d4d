import { describe, expect, it } from 'vitest';
import type { LayerWord } from '../../../image/text-layer.js';
import type { LineBox } from '../line/geometry.js';
import { textOf, type RecognizedLine } from '../line/recognized-line.js';
import { correctByLayer } from './text-layer.js';

const [lineHeight, letterWidth] = [20, 10];

function wordsOf(text: string): Array<{ text: string; left: number; right: number }> {
  let at = 0;
  return text.split(' ').map((word) => {
    const [left, right] = [at, at + letterWidth * word.length];
    at = right + letterWidth;
    return { text: word, left, right };
  });
}

/** What was read in lines below each other, with a confidence. */
function reading(...lines: ReadonlyArray<readonly [text: string, confidence: number]>): {
  boxes: LineBox[];
  lines: RecognizedLine[];
} {
  const width = 600;
  return {
    boxes: lines.map((_, row): LineBox => {
      const [top, bottom] = [2 * row * lineHeight, (2 * row + 1) * lineHeight];
      return [
        { x: 0, y: top },
        { x: width, y: top },
        { x: width, y: bottom },
        { x: 0, y: bottom },
      ];
    }),
    lines: lines.map(([text, confidence]) => ({
      confidence,
      words: wordsOf(text).map(({ text: word, left, right }) => ({
        text: word,
        left: left / width,
        right: right / width,
        top: 0.1,
        bottom: 0.9,
      })),
    })),
  };
}

/** A layer of lines at the same places. */
function layerOf(...lines: readonly string[]): LayerWord[] {
  return lines.flatMap((text, row) =>
    text === ''
      ? []
      : wordsOf(text).map(({ text: word, left, right }) => ({
          text: word,
          left,
          right,
          top: 2 * row * lineHeight,
          bottom: (2 * row + 1) * lineHeight,
        })),
  );
}

function corrected(
  read: ReadonlyArray<readonly [text: string, confidence: number]>,
  ...layer: readonly string[]
): string[] {
  const { boxes, lines } = reading(...read);
  return correctByLayer(boxes, lines, layerOf(...layer)).map(textOf);
}

describe('correctByLayer', () => {
  it('takes the layer of a doubtful line that was read nearly like it', () => {
    const read = [['Invoice of the winter', 0.97] as const, ['Iotal amounl 125', 0.6] as const];
    expect(corrected(read, 'Invoice of the winter', 'Total amount 125')).toEqual([
      'Invoice of the winter',
      'Total amount 125',
    ]);
  });

  it('takes its spaces and its script where the letters look the same', () => {
    expect(corrected([['CCCP and sofar', 0.97]], 'СССР and so far')).toEqual(['СССР and so far']);
  });

  it.each([
    ['another number', 'Total amount 725'],
    ['another text', 'Nothing to pay here'],
    ['nothing', ''],
  ])('keeps what was read where the layer has %s', (_what, lie) => {
    const read = [['Invoice of the winter', 0.97] as const, ['Iotal amounl 125', 0.6] as const];
    expect(corrected(read, 'Invoice of the winter', lie)[1]).toBe('Iotal amounl 125');
  });

  it('keeps a line that was read with certainty', () => {
    const sure = Array.from({ length: 20 }, (_, index) => [`Line of number ${index}`, 0.97] as const);
    const layer = sure.map(([text]) => text);
    expect(corrected([...sure, ['Pay it now', 0.97]], ...layer, 'Pay it not')[20]).toBe('Pay it now');
  });

  it('does not believe a layer that differs from what was read with certainty', () => {
    const read = [['Invoice of the winter', 0.97] as const, ['Iotal amounl 125', 0.6] as const];
    expect(corrected(read, 'Invoice of the window', 'Total amount 125')[1]).toBe('Iotal amounl 125');
  });

  it('does not believe a layer with words where none are seen', () => {
    const read = [['Invoice of the winter', 0.97] as const, ['Iotal amounl 125', 0.6] as const];
    const layer = ['Invoice of the winter', 'Total amount 125', 'and one more hidden line'];
    expect(corrected(read, ...layer)).toEqual(['Invoice of the winter', 'Iotal amounl 125']);
  });

  it('does not believe a layer where nothing was read with certainty', () => {
    expect(corrected([['Iotal amounl 125', 0.6]], 'Total amount 125')).toEqual(['Iotal amounl 125']);
  });

  it('changes nothing without a layer', () => {
    const { boxes, lines } = reading(['Anything', 0.5]);
    expect(correctByLayer(boxes, lines, [])).toBe(lines);
  });

  it('has the place of the layer where the words are others', () => {
    const { boxes, lines } = reading(['Invoiceof', 0.97]);
    const [line] = correctByLayer(boxes, lines, layerOf('Invoice of'));
    expect(line?.words.map(({ text, left }) => [text, Math.round(600 * left)])).toEqual([
      ['Invoice', 0],
      ['of', 80],
    ]);
  });

  it('follows the direction of a line', () => {
    // Down the page: the box is turned by 90 degrees.
    const box: LineBox = [
      { x: 20, y: 0 },
      { x: 20, y: 600 },
      { x: 0, y: 600 },
      { x: 0, y: 0 },
    ];
    const { lines } = reading(['Invoiceof thewinter', 0.97]);
    const layer = wordsOf('Invoice of the winter').map(({ text, left, right }) => ({
      text,
      left: 0,
      right: 20,
      top: left,
      bottom: right,
    }));
    expect(correctByLayer([box], lines, layer).map(textOf)).toEqual(['Invoice of the winter']);
  });

  it('takes a page of a hostile file in its stride', () => {
    const { boxes, lines } = reading(...Array.from({ length: 2000 }, () => ['Invoice', 0.97] as const));
    const layer = boxes.flatMap(([{ y }]) =>
      Array.from({ length: 25 }, () => ({ text: 'x', left: 1, right: 2, top: y, bottom: y + 20 })),
    );
    let looks = 0;
    const counted = layer.map((word) => ({
      ...word,
      get top(): number {
        looks++;
        return word.top;
      },
    }));
    correctByLayer(boxes, lines, counted);
    expect(looks).toBeLessThan(10 * layer.length);
  });
});
