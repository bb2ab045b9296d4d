import { describe, expect, it } from 'vitest';
import { joinWords } from './join-words.js';
import type { RecognizedWord } from './recognized-line.js';

const aspect = 10;

/** Words with a gap between two of them, in heights of the line. */
function joined(gap: number, ...texts: string[]): string[] {
  const width = 0.1;
  const words = texts.map((text, index): RecognizedWord => {
    const left = index * (width + gap / aspect);
    return { text, left, right: left + width, top: 0.1, bottom: 0.9 };
  });
  return joinWords(words, aspect).map(({ text }) => text);
}

describe('joinWords', () => {
  it('leaves no space within Japanese, Chinese and Thai', () => {
    expect(joined(0.3, '日本', '語', 'の', '文字', '。')).toEqual(['日本語の文字。']);
    expect(joined(0.3, 'ภาษา', 'ไทย')).toEqual(['ภาษาไทย']);
  });

  it('keeps those beside Latin letters and digits', () => {
    expect(joined(0.3, '東京', 'Tower', '333', 'メートル')).toEqual(['東京', 'Tower', '333', 'メートル']);
  });

  it('tells spaces of Korean from gaps between its syllables by their width', () => {
    expect(joined(0.05, '한', '국어')).toEqual(['한국어']);
    expect(joined(0.25, '한국어', '문장')).toEqual(['한국어', '문장']);
  });

  it('keeps the words of other scripts, however near', () => {
    expect(joined(0, 'שלום', 'עולם')).toEqual(['שלום', 'עולם']);
    expect(joined(0, 'two', 'words')).toEqual(['two', 'words']);
  });

  it('joins the places of the words, too', () => {
    const [word] = joinWords(
      [
        { text: '日本', left: 0.1, right: 0.2, top: 0.2, bottom: 0.8 },
        { text: '語', left: 0.22, right: 0.3, top: 0.1, bottom: 0.7 },
      ],
      aspect,
    );
    expect(word).toEqual({ text: '日本語', left: 0.1, right: 0.3, top: 0.1, bottom: 0.8 });
  });
});
