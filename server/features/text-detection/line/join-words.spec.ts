import { describe, expect, it } from 'vitest';
import type { LineCrop } from './crop-line.js';
import { joinWords } from './join-words.js';
import type { RecognizedWord } from './recognized-line.js';

const height = 48;
/** Width of a letter in pixels. Accents and vowels above a letter have none. */
const letter = 30;

/** A line of black words, with gaps between them in widths of a letter. */
function line(texts: readonly string[], gaps: readonly number[]): { crop: LineCrop; words: RecognizedWord[] } {
  let x = 10;
  const places = texts.map((text, index) => {
    const left = x;
    const right = left + letter * text.replaceAll(/\p{M}/gu, '').length;
    x = right + (gaps[index] ?? 0) * letter;
    return { text, left, right };
  });
  const width = Math.round(x + 10);
  const rgb = new Float32Array(3 * width * height).fill(255);
  for (const { left, right } of places) {
    for (let y = 10; y < 40; y++) rgb.fill(0, 3 * (y * width + Math.round(left)), 3 * (y * width + Math.round(right)));
  }
  const words = places.map(({ text, left, right }) => ({
    text,
    left: left / width,
    right: right / width,
    top: 10 / height,
    bottom: 40 / height,
  }));
  return { crop: { width, height, rgb }, words };
}

function joined(texts: readonly string[], ...gaps: number[]): string[] {
  const { crop, words } = line(texts, gaps);
  return joinWords(words, crop).map(({ text }) => text);
}

describe('joinWords', () => {
  it('leaves no space within Japanese and Chinese, and beside their punctuation', () => {
    expect(joined(['日本', '語', 'の', '文字', '。', '「', '東京'], 0.2, 0.1, 0.4, 0.1, 1.1, 0.5)).toEqual([
      '日本語の文字。「東京',
    ]);
  });

  it('keeps a space of a whole letter there, as between a name and its value', () => {
    expect(joined(['氏名', '山田'], 1.1)).toEqual(['氏名', '山田']);
  });

  it('keeps those beside Latin letters and digits', () => {
    expect(joined(['東京', 'Tower', '333', 'メートル'], 0.3, 0.3, 0.3)).toEqual(['東京', 'Tower', '333', 'メートル']);
  });

  it.each([
    ['Korean', ['한', '국어', '문장'], '한국어', '문장'],
    ['Thai, whose vowels above a letter have no width', ['ที่', 'นี่', 'ดี'], 'ที่นี่', 'ดี'],
    ['Korean with digits and punctuation', ['3', '월', '하다.'], '3월', '하다.'],
  ])('tells spaces from gaps between letters by their width in %s', (_name, texts, first, second) => {
    expect(joined(texts, 0.2, 0.5)).toEqual([first, second]);
  });

  it('looks at the ink, since the boxes of a reader do not end where their letters do', () => {
    const { crop, words } = line(['한국', '어', '문장'], [0.2, 0.5]);
    const moved = (by: number): RecognizedWord[] =>
      words.map((word) => Object.assign({}, word, { right: word.right + (by * letter) / crop.width }));
    for (const by of [-0.3, 1.5]) {
      expect(joinWords(moved(by), crop).map(({ text }) => text)).toEqual(['한국어', '문장']);
    }
  });

  it('keeps the words of other scripts, however near', () => {
    expect(joined(['שלום', 'עולם'], 0)).toEqual(['שלום', 'עולם']);
    expect(joined(['two', 'words', '한국'], 0, 0)).toEqual(['two', 'words', '한국']);
  });

  it('joins the places of the words, too', () => {
    const { crop, words } = line(['日本', '語'], [0.1]);
    const [before, after] = words;
    expect(joinWords([{ ...before!, top: 0.1 }, after!], crop)).toEqual([
      { text: '日本語', left: before!.left, right: after!.right, top: 0.1, bottom: before!.bottom },
    ]);
  });
});
