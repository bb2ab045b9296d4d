import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repositoryRoot } from '../../../paths.js';
import { languages, needsTesseract } from './languages.js';

describe('docs/text-detection.md', () => {
  const page = readFileSync(join(repositoryRoot, 'docs/text-detection.md'), 'utf8');

  it.each([
    ['Built in', false],
    ['Added with `npx visiond models pull CODE...`', true],
  ])('lists all codes: %s', (label, added) => {
    const row = page.split('\n').find((line) => line.startsWith(`| ${label} |`)) ?? '';
    const codes = [...row.slice(label.length + 3).matchAll(/`(\w+)`/g)].map(([, code]) => code);
    const known = [...languages.values()]
      .filter((language) => needsTesseract(language) === added)
      .map(({ code }) => code);
    expect(codes).toEqual(known.toSorted());
  });
});
