import { describe, expect, it } from 'vitest';
import { authorizeFolder } from './principal.js';

const principal = (...folders: string[]) => ({ id: 'x', folders });

describe('authorizeFolder', () => {
  it.each([
    [principal('a'), '', 'a'],
    [principal('a'), 'a', 'a'],
    [principal('a', 'b'), 'b', 'b'],
    [{ id: 'x', folders: 'any' } as const, '', ''],
    [{ id: 'x', folders: 'any' } as const, 'c', 'c'],
  ])('%j may use %j', (who, folder, expected) => {
    expect(authorizeFolder(who, folder)).toBe(expected);
  });

  // The texts are the original's: clients look for them.
  it.each([
    [principal('a'), 'b', 3, "Specified folder ID 'b' does not match with service account folder ID 'a'"],
    [principal('a', 'b'), '', 16, 'You have to specify folder ID for user account'],
    [principal('a', 'b'), 'c', 7, 'Permission denied'],
    [principal(), 'a', 7, 'Permission denied'],
  ])('%j may not use %j', (who, folder, code, message) => {
    expect(() => authorizeFolder(who, folder)).toThrow(expect.objectContaining({ code, message }));
  });
});
