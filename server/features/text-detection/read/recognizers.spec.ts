import { describe, expect, it } from 'vitest';
import { firstRecognizer, furtherRecognizers, readers } from './recognizers.js';

describe('the table of recognizers', () => {
  it('names every reader once', () => {
    const names = readers.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('has one recognizer for each script', () => {
    const scripts = [firstRecognizer, ...furtherRecognizers].flatMap((recognizer) => recognizer.scripts);
    expect(new Set(scripts).size).toBe(scripts.length);
  });

  it('has no pattern that keeps a state between two lines', () => {
    const flags = [firstRecognizer, ...furtherRecognizers].map(({ ownCharacter }) => ownCharacter.flags);
    expect(flags.filter((flag) => /[gy]/.test(flag))).toEqual([]);
  });
});
