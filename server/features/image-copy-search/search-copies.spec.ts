import { describe, expect, it } from 'vitest';
import type { DetailMatch } from './local-features/details.js';
import { noMatch } from './local-features/match-features.js';
import { scoreCandidate } from './search-copies.js';

const queryOfImage = { hashable: true, featuresKept: 1 };

function kindOf(
  {
    hashDistance = 128,
    sameFile = false,
    ...match
  }: Partial<DetailMatch> & { hashDistance?: number; sameFile?: boolean },
  query = queryOfImage,
): string {
  const candidate = { image: 1, sameFile, hash: new Uint8Array(), details: new Uint8Array() };
  const { confidence, evidence } = scoreCandidate(query, {
    candidate,
    hashDistance,
    match: { ...noMatch, correlation: 0, ...match },
  });
  return confidence > 0 ? evidence.kind : 'none';
}

describe('scoreCandidate', () => {
  it.each([
    ['the same file', { sameFile: true }, 'same-file'],
    ['a near hash', { hashDistance: 36 }, 'whole-image'],
    ['a hash that is not near', { hashDistance: 38 }, 'none'],
    ['few corners that look the same', { inliers: 5, visible: 20, correlation: 0.95 }, 'local-features'],
    ['fewer', { inliers: 4, visible: 20, correlation: 0.99 }, 'none'],
    ['few corners on another background', { inliers: 8, visible: 40, correlation: 0.9 }, 'none'],
    ['more corners', { inliers: 15, visible: 100, correlation: 0.65 }, 'local-features'],
    ['more corners on another background', { inliers: 15, visible: 100, correlation: 0.5 }, 'none'],
    ['many corners under a sticker', { inliers: 30, visible: 150, correlation: 0.3 }, 'local-features'],
    ['many corners on another background', { inliers: 30, visible: 150, correlation: 0.2 }, 'none'],
    ['a small share of the visible corners', { inliers: 18, visible: 160, correlation: 0.99 }, 'none'],
  ])('%s', (_name, match, kind) => {
    expect(kindOf(match)).toBe(kind);
  });

  it('requires fewer inliers where a signature lacks some of the features', () => {
    expect(kindOf({ inliers: 18, visible: 160, correlation: 0.99 }, { hashable: true, featuresKept: 0.5 })).toBe(
      'local-features',
    );
  });

  it('ignores the hash of an image without enough content', () => {
    expect(kindOf({ hashDistance: 0 }, { hashable: false, featuresKept: 1 })).toBe('none');
  });
});
