import {
  AddOutcome as OutcomeMessage,
  MatchEvidence_Kind as Kind,
  type FoundCopy,
  type IndexedImage,
} from '../../../gen/visiond/index/v1/image_index_service.js';
import type { Copy, Evidence } from '../../features/image-copy-search/search-copies.js';
import type { AddOutcome, StoredImage } from '../../image-index/image-index.js';

const outcomes: Readonly<Record<AddOutcome, OutcomeMessage>> = {
  added: OutcomeMessage.ADD_OUTCOME_ADDED,
  replaced: OutcomeMessage.ADD_OUTCOME_REPLACED,
  unchanged: OutcomeMessage.ADD_OUTCOME_UNCHANGED,
};

const kinds: Readonly<Record<Evidence['kind'], Kind>> = {
  'same-file': Kind.KIND_SAME_FILE,
  'whole-image': Kind.KIND_WHOLE_IMAGE,
  'local-features': Kind.KIND_LOCAL_FEATURES,
};

export function outcomeOf(outcome: AddOutcome): OutcomeMessage {
  return outcomes[outcome];
}

export function indexedImage({ createdMs, ...data }: StoredImage): IndexedImage {
  return { ...data, createTime: new Date(createdMs) };
}

/** A copy in the form of the API, with angles in degrees, counterclockwise. */
export function foundCopy({ image, confidence, evidence: { kind, hashDistance, match } }: Copy): FoundCopy {
  return {
    image: indexedImage(image),
    confidence,
    evidence: {
      kind: kinds[kind],
      hashDistance,
      agreeingFeatures: match?.inliers ?? 0,
      mirrored: match?.mirrored ?? false,
      rotation: match === undefined ? 0 : (match.rotation * 180) / Math.PI,
      scale: match?.scale ?? 0,
    },
  };
}
