import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { francAll } from 'franc';
import { describe, expect, it } from 'vitest';
import { repositoryRoot } from '../../../paths.js';
import { needsTesseract } from '../read/recognizers.js';
import { languages } from './languages.js';
import { scriptFamilyOf, scripts, type ScriptName } from './scripts.js';

const all = [...languages.values()];
const inScript = (name: ScriptName): typeof all => all.filter(({ script }) => script === name);

describe('docs/text-detection.md', () => {
  const page = readFileSync(join(repositoryRoot, 'docs/text-detection.md'), 'utf8');

  it.each([
    ['Built in', false],
    ['Added with `npx visiond models pull CODE...`', true],
  ])('lists all codes: %s', (label, isAdded) => {
    const row = page.split('\n').find((line) => line.startsWith(`| ${label} |`)) ?? '';
    const codes = [...row.slice(label.length + 3).matchAll(/`(\w+)`/g)].map(([, code]) => code);
    const expected = all.filter((language) => needsTesseract(language) === isAdded).map(({ code }) => code);
    expect(codes).toEqual(expected.toSorted());
  });
});

describe('languages', () => {
  it('have codes of ISO 639-1, and data and trigrams of their own', () => {
    expect(all.map(({ code }) => code).filter((code) => !/^[a-z]{2}$/.test(code))).toEqual([]);
    expect(new Set(all.map(({ tesseract }) => tesseract)).size).toBe(all.length);
    const trigrams = all.flatMap((language) => language.trigrams ?? []);
    expect(new Set(trigrams).size).toBe(trigrams.length);
  });

  it('have letters where the script has several languages', () => {
    for (const { script, letters } of all) expect(letters === undefined).toBe(inScript(script).length === 1);
  });

  it.each(all.flatMap(({ code, script, letters }) => (letters === undefined ? [] : [{ code, script, ...letters }])))(
    '$code: its own letters are of its script and not shared, those that it lacks are shared',
    ({ script, own, lacking = '' }) => {
      const { letter: pattern, shared = '' } = scripts[script];
      // The apostrophes of Uzbek belong to no script.
      expect(Array.from(own).filter((letter) => !pattern.test(letter) && !'ʻʼ'.includes(letter))).toEqual([]);
      expect(Array.from(own).filter((letter) => shared.includes(letter))).toEqual([]);
      expect(Array.from(lacking).filter((letter) => !shared.includes(letter))).toEqual([]);
      expect(new Set(own + lacking).size).toBe(Array.from(own + lacking).length);
    },
  );
});

describe('trigrams', () => {
  const samples: Record<ScriptName, string> = {
    latin: 'the whole amount within fourteen days',
    cyrillic: 'договор поставки на следующий год',
    chinese: '你好世界你好世界你好世界你好世界',
    japanese: 'これはひらがなとカタカナのぶんです',
    arabic: 'مرحبا بالعالم مرحبا بالعالم',
    armenian: 'Բարեւ աշխարհ Բարեւ աշխարհ',
    georgian: 'გამარჯობა მსოფლიო გამარჯობა',
    greek: 'Ευχαριστούμε πολύ για την αγορά',
    hangul: '안녕하세요 세계 안녕하세요 세계',
    hebrew: 'שלום עולם שלום עולם שלום',
    thai: 'สวัสดีชาวโลกสวัสดีชาวโลก',
  };

  it.each(all.filter(({ trigrams }) => trigrams !== undefined))('$trigrams is a name that franc has', (language) => {
    const { script, trigrams = '' } = language;
    expect(francAll(samples[script], { only: [trigrams] }).map(([name]) => name)).toEqual([trigrams]);
  });

  it.each(all.filter(({ trigrams }) => trigrams === undefined))('franc has none for $code', ({ script, tesseract }) => {
    expect(francAll(samples[script], { only: [tesseract] }).map(([name]) => name)).toEqual(['und']);
  });
});

describe('scripts', () => {
  it.each(Object.keys(scripts))('%s is that of a language', (name) => {
    expect(all.filter(({ script }) => script === name)).not.toEqual([]);
  });

  it.each([
    ['Only 2 words', 'latin'],
    ['Съешь ещё', 'cyrillic'],
    ['ひらがな', 'han'],
    ['你好', 'han'],
    ['Ελλάδα', 'other'],
    ['USB и Ёж', 'cyrillic'],
    ['aя', 'cyrillic'],
    ['12,50', undefined],
  ])('"%s" is %s', (text, family) => {
    expect(scriptFamilyOf(text)).toBe(family);
  });
});
