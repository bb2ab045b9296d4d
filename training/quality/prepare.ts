import { packRows, unpackRows } from '../../server/features/classification/quality/byte-rows.js';
import { moments } from '../../server/features/classification/quality/hand-features/statistics.js';
import type { ImageFeatures, Preparation } from '../../server/features/classification/quality/regressor.js';
import { dot, gram, leadingEigenvectors } from './linear-algebra.js';
import { uniform } from './random.js';
import { settings } from './settings.js';

/** Rounds of subspace iteration. The components need not be exact: any that span nearly the same space will do. */
const iterations = 6;
/** What has no spread in the training set tells nothing; it must not be divided by 0 either. */
const leastDeviation = 1e-6;

/** Finds means, spreads and principal components of the features. Scores are not looked at. */
export function prepare(features: readonly ImageFeatures[]): Preparation {
  const names = [...(features[0]?.hand.keys() ?? [])];
  const hand = names.map((name) => {
    const { mean, deviation } = moments(features.map(({ hand: measured }) => measured.get(name) ?? 0));
    return { name, mean, deviation: Math.max(leastDeviation, deviation) };
  });

  const channels = features[0]?.deep.length ?? 0;
  const spreads = Array.from({ length: channels }, (_, channel) => moments(features.map(({ deep }) => deep[channel]!)));
  const standardized = features
    .slice(0, settings.componentImages)
    .map(({ deep }) =>
      Float64Array.from(
        deep,
        (value, channel) => (value - spreads[channel]!.mean) / Math.max(leastDeviation, spreads[channel]!.deviation),
      ),
    );
  const vectors = leadingEigenvectors(
    gram(standardized, channels),
    settings.components,
    iterations,
    uniform(settings.seed),
  );
  const energy = vectors.reduce(
    (sum, vector) => sum + standardized.reduce((total, row) => total + dot(vector, row) ** 2, 0),
    0,
  );
  const scale = 1 / Math.sqrt(energy / standardized.length);
  const rows = vectors.map((vector) =>
    vector.map((value, channel) => (scale * value) / Math.max(leastDeviation, spreads[channel]!.deviation)),
  );
  const means = Float64Array.from(spreads, ({ mean }) => mean);
  const components = packRows(rows);
  return { hand, components, offsets: unpackRows(components).map((row) => dot(row, means)) };
}
