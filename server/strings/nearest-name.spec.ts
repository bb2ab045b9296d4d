import { describe, expect, it } from 'vitest';
import { nearestName } from './nearest-name.js';

describe('nearestName', () => {
  it.each([
    ['yunett', 'yunet'],
    ['unet', 'yunet'],
    ['yolo', undefined],
    ['jp', undefined],
  ])('%s is %s', (text, expected) => {
    expect(nearestName(text, ['en', 'ja', 'yunet', 'yuno'])).toBe(expected);
  });
});
