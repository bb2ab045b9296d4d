import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { languages } from '../../server/features/text-detection/language/languages.js';
import { repositoryRoot } from '../../server/paths.js';
import { documentPackages, packageDocuments } from './package-pages.js';

describe('the pages of packages', () => {
  it('are of no package whose texts the recognizer learned', () => {
    const recipe = readFileSync(join(repositoryRoot, 'training/line-recognizer/packages.txt'), 'utf8');
    const learned = new Set(recipe.split('\n').filter((line) => /^[a-z]/.test(line)));
    expect(learned.size).toBeGreaterThan(50);
    expect(Object.keys(documentPackages).filter((name) => learned.has(name))).toEqual([]);
  });

  it('are in languages that the API has a code for', () => {
    expect(packageDocuments.filter(({ language }) => !languages.has(language))).toEqual([]);
  });

  it('are each listed once', () => {
    const names = packageDocuments.flatMap(({ file, pages }) =>
      Object.values(pages).flatMap((numbers) => numbers.map((number) => `${file} ${number}`)),
    );
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThan(45);
  });
});
