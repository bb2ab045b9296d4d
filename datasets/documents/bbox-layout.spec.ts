import { describe, expect, it } from 'vitest';
import { parseBboxLayout } from './bbox-layout.js';

function word(text: string, left: number, top: number, right: number, bottom: number): string {
  return `<word xMin="${left}" yMin="${top}" xMax="${right}" yMax="${bottom}">${text}</word>`;
}

function page(...lines: readonly string[]): string {
  const body = lines.map((words) => `<line xMin="0" yMin="0" xMax="1" yMax="1">\n${words}\n</line>`).join('\n');
  return `<doc><page width="595" height="842"><flow><block>${body}</block></flow></page></doc>`;
}

describe('parseBboxLayout', () => {
  it('gives words by lines, in pixels', () => {
    const text = page(
      word('R&amp;D', 72, 36, 144, 48) + word('&lt;b&gt;', 150, 36, 160, 48),
      word('-5', -7.2, 0, 3, 4),
    );
    expect(parseBboxLayout(text, 144)).toEqual([
      [
        { text: 'R&D', box: [144, 72, 288, 96] },
        { text: '<b>', box: [300, 72, 320, 96] },
      ],
      [{ text: '-5', box: [-14.4, 0, 6, 8] }],
    ]);
  });

  it('makes the logo of LaTeX one word', () => {
    const logo = word('„L', 0, 10, 10, 20) + word('A', 8, 8, 12, 14) + word('TEX’s', 12, 10, 40, 22);
    expect(parseBboxLayout(page(word('In', 0, 0, 1, 1) + logo), 72)).toEqual([
      [
        { text: 'In', box: [0, 0, 1, 1] },
        { text: '„LATEX’s', box: [0, 8, 40, 22] },
      ],
    ]);
  });

  it('reads the first page alone', () => {
    expect(parseBboxLayout(page(word('a', 0, 0, 1, 1)) + page(word('b', 0, 0, 1, 1)), 72)).toHaveLength(1);
  });
});
