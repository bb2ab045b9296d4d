/** The directions in which samples differ most. */
export interface PrincipalComponents {
  readonly mean: Float32Array;
  /** Of length one, at right angles to each other, the widest first. */
  readonly components: readonly Float32Array[];
  readonly variances: readonly number[];
}

const rounds = 12;

/** Finds the first `count` principal components by subspace iteration. */
export function principalComponents(samples: readonly Float32Array[], count: number): PrincipalComponents {
  const size = samples[0]?.length ?? 0;
  const mean = new Float32Array(size);
  for (const sample of samples) {
    for (let index = 0; index < size; index++) mean[index]! += sample[index]! / samples.length;
  }
  const centered = samples.map((sample) => sample.map((value, index) => value - mean[index]!));
  // Started with samples themselves: they lie in the space that is looked for.
  let basis = orthonormal(centered.slice(0, count).map((sample) => Float32Array.from(sample)));
  let variances: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const next = basis.map(() => new Float32Array(size));
    for (const sample of centered) {
      for (const [index, direction] of basis.entries()) {
        const weight = dot(sample, direction) / samples.length;
        addScaled(next[index]!, sample, weight);
      }
    }
    variances = next.map((vector) => Math.sqrt(dot(vector, vector)));
    const order = variances.map((_, index) => index).toSorted((a, b) => variances[b]! - variances[a]!);
    variances = order.map((index) => variances[index]!);
    basis = orthonormal(order.map((index) => next[index]!));
    process.stderr.write(`\rround ${round + 1} of ${rounds} `);
  }
  return { mean, components: basis, variances };
}

/** Gram and Schmidt, in place. */
function orthonormal(vectors: Float32Array[]): Float32Array[] {
  for (const [index, vector] of vectors.entries()) {
    for (let pass = 0; pass < 2; pass++) {
      for (let before = 0; before < index; before++) {
        addScaled(vector, vectors[before]!, -dot(vector, vectors[before]!));
      }
    }
    const length = Math.sqrt(dot(vector, vector)) || 1;
    for (let at = 0; at < vector.length; at++) vector[at]! /= length;
  }
  return vectors;
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += a[index]! * b[index]!;
  return sum;
}

function addScaled(to: Float32Array, vector: Float32Array, factor: number): void {
  for (let index = 0; index < to.length; index++) to[index]! += factor * vector[index]!;
}
