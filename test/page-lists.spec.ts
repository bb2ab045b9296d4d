import { describe, expect, it } from 'vitest';
import { maxFeatures, maxLanguages, textModels } from '../page/src/api/features.js';
import { ownReasons } from '../page/src/api/problem.js';
import { textLanguages } from '../page/src/language/language-names.js';
import { explainedReasons } from '../page/src/language/problems.js';
import { maxBytes, maxPixels } from '../page/src/pictures/fit.js';
import { readConfig } from '../server/config.js';
import { errorTables } from '../server/errors/errors.js';
import { languages } from '../server/features/text-detection/language/languages.js';
import { licensePlates, templates } from '../server/features/text-detection/templates/templates.js';

describe('what the page knows of the server', () => {
  it('are its languages', () => {
    const { builtIn, pulled } = textLanguages;
    expect([...builtIn, ...pulled].toSorted()).toEqual([...languages.keys()].toSorted());
  });

  it('are reasons of its errors', () => {
    const reasons = new Set(Object.values(errorTables).flatMap((table) => Object.keys(table)));
    const own: readonly string[] = ownReasons;
    expect(explainedReasons.en.filter((reason) => !reasons.has(reason))).toEqual(own);
    expect(explainedReasons.ru).toEqual(explainedReasons.en);
  });

  it('are its limits', () => {
    const config = readConfig({}, {});
    expect([maxBytes, maxPixels]).toEqual([config['max-content-bytes'], config['max-pixels']]);
    expect([maxFeatures, maxLanguages]).toEqual([8, 8]);
  });

  it('are its ways to read text', () => {
    expect(textModels.toSorted()).toEqual(['page', 'line', ...templates.keys(), licensePlates].toSorted());
  });
});
