import { describe, expect, it } from 'vitest';
import { dot, gram, leadingEigenvectors, solve, weightedSum } from './linear-algebra.js';
import { uniform } from './random.js';

const random = uniform(3);
const rows = Array.from({ length: 30 }, () =>
  Float64Array.from({ length: 6 }, (_, at) => (6 - at) ** 2 * (random() - 0.5)),
);

describe('gram', () => {
  it('sums the products of all rows, also when their number is not a multiple of four', () => {
    const { data } = gram(rows, 6);
    for (let row = 0; row < 6; row++) {
      for (let column = row; column < 6; column++) {
        expect(data[6 * row + column]).toBeCloseTo(
          rows.reduce((sum, one) => sum + one[row]! * one[column]!, 0),
          8,
        );
      }
    }
  });
});

describe('solve', () => {
  it('finds the weights that made the right side', () => {
    const weights = Float64Array.of(1, -2, 3, 0.5, 0, -1);
    const right = weightedSum(
      rows,
      rows.map((row) => dot(row, weights)),
      6,
    );
    for (const [at, value] of solve(gram(rows, 6), right).entries()) expect(value).toBeCloseTo(weights[at]!, 6);
  });

  it('refuses a matrix that has no inverse', () => {
    expect(() => solve(gram([new Float64Array(6)], 6), new Float64Array(6))).toThrow('eigenvalue');
  });
});

describe('leadingEigenvectors', () => {
  it('finds directions that the matrix stretches, and no others', () => {
    const matrix = gram(rows, 6);
    const vectors = leadingEigenvectors(matrix, 2, 200, uniform(1));
    const energies = vectors.map((vector) => rows.reduce((sum, row) => sum + dot(row, vector) ** 2, 0));
    expect(energies[0]).toBeGreaterThan(energies[1]!);
    expect(dot(vectors[0]!, vectors[1]!)).toBeCloseTo(0, 8);
    for (const [index, vector] of vectors.entries()) {
      const stretched = weightedSum(
        rows,
        rows.map((row) => dot(row, vector)),
        6,
      );
      for (const [at, value] of stretched.entries()) expect(value).toBeCloseTo(energies[index]! * vector[at]!, 4);
    }
  });
});
