import { dequantizeRows, quantizeRows } from '../../server/features/classification/quality/byte-rows.js';
import { moments } from '../../server/features/classification/quality/hand-features/statistics.js';
import type { ImageFeatures, Preparation } from '../../server/features/classification/quality/regressor.js';
import { dot, gram, leadingEigenvectors } from './linear-algebra.js';
import { uniform } from './random.js';
import { settings } from './settings.js';

/** Rounds of subspace iteration. The components need not be exact: any that span nearly the same space will do. */
const iterations = 6;
/** Keeps features that are constant in the training set from a division by 0. */
const minDeviation = 1e-6;

/** Finds means, deviations and principal components of the features, without their scores. */
export function prepare(features: readonly ImageFeatures[]): Preparation {
  const names = [...(features[0]?.hand.keys() ?? [])];
  const hand = names.map((name) => {
    const { mean, deviation } = moments(features.map(({ hand: measured }) => measured.get(name) ?? 0));
    return { name, mean, deviation: Math.max(minDeviation, deviation) };
  });

  const channels = features[0]?.deep.length ?? 0;
  const spreads = Array.from({ length: channels }, (_, channel) => moments(features.map(({ deep }) => deep[channel]!)));
  const standardized = features
    .slice(0, settings.componentImages)
    .map(({ deep }) =>
      Float64Array.from(
        deep,
        (value, channel) => (value - spreads[channel]!.mean) / Math.max(minDeviation, spreads[channel]!.deviation),
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
    vector.map((value, channel) => (scale * value) / Math.max(minDeviation, spreads[channel]!.deviation)),
  );
  const means = Float64Array.from(spreads, ({ mean }) => mean);
  const components = quantizeRows(rows);
  return { hand, components, offsets: dequantizeRows(components).map((row) => dot(row, means)) };
}
