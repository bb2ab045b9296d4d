import { describe, expect, it } from 'vitest';
import {
  AddOutcome,
  MatchEvidence_Kind as Kind,
  type IndexedImage,
} from '../../../gen/visiond/index/v1/image_index_service.js';
import { noMatch } from '../../features/image-copy-search/local-features/match-features.js';
import type { Copy, Evidence } from '../../features/image-copy-search/search-copies.js';
import { foundCopy, outcomeOf } from './messages.js';

const data = { id: 'lamp', imageUrl: 'https://example.org/l.jpg', pageUrl: '', title: 'A lamp', description: '' };
const image: IndexedImage = { ...data, createTime: new Date(1000) };

function messageOf(evidence: Evidence) {
  const copy: Copy = { image: { ...data, createdMs: 1000 }, confidence: 0.75, evidence };
  return foundCopy(copy);
}

describe('outcomeOf', () => {
  it.each([
    ['added', AddOutcome.ADD_OUTCOME_ADDED],
    ['replaced', AddOutcome.ADD_OUTCOME_REPLACED],
    ['unchanged', AddOutcome.ADD_OUTCOME_UNCHANGED],
  ] as const)('%s is %i', (outcome, message) => {
    expect(outcomeOf(outcome)).toBe(message);
  });
});

describe('foundCopy', () => {
  it.each([
    ['same-file', Kind.KIND_SAME_FILE],
    ['whole-image', Kind.KIND_WHOLE_IMAGE],
  ] as const)('of %s has no agreeing features', (kind, message) => {
    expect(messageOf({ kind, hashDistance: 12, match: undefined })).toEqual({
      image,
      confidence: 0.75,
      evidence: { kind: message, hashDistance: 12, agreeingFeatures: 0, mirrored: false, rotation: 0, scale: 0 },
    });
  });

  it('of local features says in degrees how the image lies', () => {
    const match = { ...noMatch, correlation: 0.9, inliers: 40, mirrored: true, rotation: -Math.PI / 2, scale: 0.5 };
    const { evidence } = messageOf({ kind: 'local-features', hashDistance: 200, match });
    expect(evidence).toEqual({
      kind: Kind.KIND_LOCAL_FEATURES,
      hashDistance: 200,
      agreeingFeatures: 40,
      mirrored: true,
      rotation: expect.closeTo(-90, 10),
      scale: 0.5,
    });
  });
});
