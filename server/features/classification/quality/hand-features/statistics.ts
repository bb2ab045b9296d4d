/** Mean and standard deviation. Both are 0 for no values. */
export function moments(values: ArrayLike<number>): { mean: number; deviation: number } {
  const count = Math.max(1, values.length);
  let sum = 0;
  for (let at = 0; at < values.length; at++) sum += values[at]!;
  const mean = sum / count;
  let squares = 0;
  for (let at = 0; at < values.length; at++) squares += (values[at]! - mean) * (values[at]! - mean);
  return { mean, deviation: Math.sqrt(squares / count) };
}

/** Quantiles at the given shares (0..1); 0 for no values. Sorts the values: meant for short lists. */
export function quantiles(values: Float32Array, shares: readonly number[]): number[] {
  const sorted = values.toSorted();
  return shares.map((share) => sorted[Math.round(share * (sorted.length - 1))] ?? 0);
}

/** Counts values of 0..256 in bins that are 1/16 wide. */
export function countLevels(values: Float32Array): Uint32Array {
  const bins = new Uint32Array(16 * 256);
  for (let at = 0; at < values.length; at++) {
    bins[Math.min(bins.length - 1, Math.max(0, Math.floor(16 * values[at]!)))]!++;
  }
  return bins;
}

/** As `quantiles`, exact to 1/16, from the counts of `countLevels`: spares sorting a quarter of a million values. */
export function levelQuantiles(bins: Uint32Array, shares: readonly number[]): number[] {
  const total = bins.reduce((sum, count) => sum + count, 0);
  return shares.map((share) => {
    let [bin, passed] = [0, bins[0]!];
    while (passed <= share * (total - 1) && bin < bins.length - 1) passed += bins[++bin]!;
    return total === 0 ? 0 : bin / 16;
  });
}

/** Entropy of a histogram in bits. */
export function entropy(histogram: ArrayLike<number>): number {
  let total = 0;
  for (let bin = 0; bin < histogram.length; bin++) total += histogram[bin]!;
  let bits = 0;
  for (let bin = 0; bin < histogram.length; bin++) {
    const share = histogram[bin]! / Math.max(1, total);
    if (share > 0) bits -= share * Math.log2(share);
  }
  return bits;
}

/** Logarithm of a measure that may be 0 and ranges over powers of ten. */
export function logOf(value: number): number {
  return Math.log(value + 0.01);
}
