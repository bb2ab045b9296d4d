import { describe, expect, it } from 'vitest';
import { languages } from './languages.js';
import { spellWord } from './spelling.js';

/** Spells the word of a line that stands between bars, `in the |middle| of it`. */
function spelled(code: string, line: string): string {
  const [before = '', word = '', after = ''] = line.split('|').map((part) => part.trim());
  const language = languages.get(code);
  if (language === undefined) throw new Error(`There is no language ${code}`);
  return spellWord({ before, word, after }, language);
}

describe('spellWord', () => {
  it.each([
    ['el', '|προικισµένοι| µε', 'προικισμένοι'],
    ['el', 'προικισμένοι |µε| λογική', 'με'],
    ['hy', 'ազատ |ն| հավասար', 'և'],
    ['hy', 'ազատ |Ա| հավասար', 'և'],
    ['uz', 'teng |bo“lib| tug', 'boʻlib'],
    ['uz', "|G'alaba| kuni", 'Gʻalaba'],
    ['uz', '|ta’lim| va', 'taʼlim'],
    ['da', 'broderskabets |ănd.|', 'ånd.'],
    ['da', '|Ănd|', 'Ånd'],
    ['lv', '|savă| pašcieņā', 'savā'],
    ['ba', 'хәрәкәт итергә |теӣеш.|', 'тейеш.'],
  ])('writes the letters of %s: %s', (code, line, expected) => {
    expect(spelled(code, line)).toBe(expected);
  });

  it.each([
    ['the unit of a Greek text', 'el', '10 |µg| και'],
    ['Armenian initials and labels', 'hy', '|Ա| Պողոսյան'],
    ['quotation marks around a word', 'uz', '|“Oʻzbekiston“| gazetasi'],
    ['foreign names', 'da', '|Müller| og'],
    ['letters with two letters that they may be', 'cs', '|ėter| a'],
    ['letters of a language that is alone in its script', 'he', '|שלום| עולם'],
    ['English', 'en', '|café| ănd'],
  ])('leaves %s', (_name, code, line) => {
    expect(spelled(code, line)).toBe(line.split('|')[1]);
  });
});
