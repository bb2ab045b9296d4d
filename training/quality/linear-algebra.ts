/** A symmetric matrix of `size` x `size`, row by row. Only what is on and right of the diagonal counts. */
export interface Symmetric {
  readonly size: number;
  readonly data: Float64Array;
}

/** Sum of the outer products of all rows with themselves. */
export function gram(rows: readonly Float64Array[], size: number): Symmetric {
  const data = new Float64Array(size * size);
  const none = new Float64Array(size);
  // Four rows at a time: the sums are read and written a quarter as often.
  for (let first = 0; first < rows.length; first += 4) {
    const [a, b, c, d] = [
      rows[first] ?? none,
      rows[first + 1] ?? none,
      rows[first + 2] ?? none,
      rows[first + 3] ?? none,
    ];
    for (let row = 0; row < size; row++) {
      const [left, right, up, down] = [a[row]!, b[row]!, c[row]!, d[row]!];
      for (let column = row, at = row * size + row; column < size; column++, at++) {
        data[at]! += left * a[column]! + right * b[column]! + up * c[column]! + down * d[column]!;
      }
    }
  }
  return { size, data };
}

/** Sum of the rows, each times its factor. */
export function weightedSum(rows: readonly Float64Array[], factors: ArrayLike<number>, size: number): Float64Array {
  const sum = new Float64Array(size);
  for (const [index, row] of rows.entries()) {
    const factor = factors[index]!;
    for (let at = 0; at < size; at++) sum[at]! += factor * row[at]!;
  }
  return sum;
}

/**
 * Solves `matrix x = right` by Cholesky's decomposition.
 * @throws Error when an eigenvalue of the matrix is not above 0
 */
export function solve({ size, data }: Symmetric, right: Float64Array): Float64Array {
  // The factor is upper triangular, its transpose times itself is the matrix: rows are read from left to right.
  const factor = data.slice();
  for (let pivot = 0; pivot < size; pivot++) {
    const start = pivot * size;
    for (let above = 0; above < pivot; above++) {
      const scale = factor[above * size + pivot]!;
      for (let column = pivot, at = above * size + pivot; column < size; column++, at++) {
        factor[start + column]! -= scale * factor[at]!;
      }
    }
    const root = Math.sqrt(factor[start + pivot]!);
    if (!(root > 0)) throw new Error('The matrix has an eigenvalue that is not above 0');
    for (let column = pivot; column < size; column++) factor[start + column]! /= root;
  }
  const solution = right.slice();
  for (let row = 0; row < size; row++) {
    solution[row]! /= factor[row * size + row]!;
    for (let column = row + 1; column < size; column++) {
      solution[column]! -= factor[row * size + column]! * solution[row]!;
    }
  }
  for (let row = size - 1; row >= 0; row--) {
    for (let column = row + 1; column < size; column++) {
      solution[row]! -= factor[row * size + column]! * solution[column]!;
    }
    solution[row]! /= factor[row * size + row]!;
  }
  return solution;
}

/** The `count` eigenvectors of the largest eigenvalues, by subspace iteration from the given start. Largest first. */
export function leadingEigenvectors(
  matrix: Symmetric,
  count: number,
  iterations: number,
  random: () => number,
): Float64Array[] {
  let vectors: Float64Array[] = Array.from({ length: count }, () =>
    Float64Array.from({ length: matrix.size }, () => random() - 0.5),
  );
  for (let iteration = 0; iteration < iterations; iteration++) {
    vectors = orthonormalize(vectors.map((vector) => multiply(matrix, vector)));
  }
  return vectors;
}

function multiply({ size, data }: Symmetric, vector: Float64Array): Float64Array {
  const product = new Float64Array(size);
  for (let row = 0; row < size; row++) {
    const factor = vector[row]!;
    let sum = factor * data[row * size + row]!;
    for (let column = row + 1, at = row * size + row + 1; column < size; column++, at++) {
      const value = data[at]!;
      sum += value * vector[column]!;
      product[column]! += value * factor;
    }
    product[row]! += sum;
  }
  return product;
}

/** Gram and Schmidt's method. */
function orthonormalize(vectors: readonly Float64Array[]): Float64Array[] {
  const done: Float64Array[] = [];
  for (const vector of vectors) {
    for (const other of done) {
      const overlap = dot(vector, other);
      for (let at = 0; at < vector.length; at++) vector[at]! -= overlap * other[at]!;
    }
    const length = Math.sqrt(dot(vector, vector));
    done.push(vector.map((value) => value / length));
  }
  return done;
}

export function dot(one: Float64Array, other: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < one.length; at++) sum += one[at]! * other[at]!;
  return sum;
}
