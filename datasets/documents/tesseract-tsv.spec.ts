import { describe, expect, it } from 'vitest';
import { wordsOf } from '../word-boxes.js';
import { parseTesseractTsv } from './tesseract-tsv.js';

const table = [
  'level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext',
  '1\t1\t0\t0\t0\t0\t0\t0\t600\t400\t-1\t',
  '4\t1\t1\t1\t1\t0\t10\t20\t90\t12\t-1\t',
  '5\t1\t1\t1\t1\t1\t10\t20\t40\t12\t96.5\tFlow',
  '5\t1\t1\t1\t1\t2\t60\t20\t40\t12\t80\trate',
  '5\t1\t1\t1\t2\t1\t10\t40\t40\t12\t50\tQ',
  '5\t1\t1\t2\t1\t1\t10\t60\t40\t12\t50\tbar',
  '5\t1\t2\t1\t1\t1\t10\t90\t40\t12\t95\t ',
  '5\t1\t2\t1\t2\t1\t10\t99\t40\t12\t95\tend',
  '',
].join('\n');

describe('parseTesseractTsv', () => {
  it('gives blocks of lines of words', () => {
    const { pages } = parseTesseractTsv(table);
    const texts = pages.map(({ blocks }) =>
      blocks.map(({ lines }) => lines.map(({ words }) => words.map((w) => w.text))),
    );
    expect(texts).toEqual([[[['Flow', 'rate'], ['Q'], ['bar']], [['end']]]]);
    expect(pages[0]?.blocks[0]?.lines[0]?.words[0]?.confidence).toBe(0.965);
  });

  it('gives the boxes of words', () => {
    expect(wordsOf(parseTesseractTsv(table)).slice(0, 2)).toEqual([
      { text: 'Flow', box: [10, 20, 50, 32] },
      { text: 'rate', box: [60, 20, 100, 32] },
    ]);
  });

  it('has no words for a blank page', () => {
    expect(wordsOf(parseTesseractTsv(table.split('\n').slice(0, 2).join('\n')))).toEqual([]);
  });
});
