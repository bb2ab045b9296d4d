/** A matrix quantized to signed bytes, with a scale for each row: a quarter of the size of floats. */
export interface ByteRows {
  readonly columns: number;
  readonly scales: readonly number[];
  /** `scales.length` rows of `columns` bytes as base64. */
  readonly bytes: string;
}

/** Keeps the scale of a row of zeros from being 0. */
const epsilon = 1e-300;

/** Quantizes rows of equal length. The error of a number is below 1/254 of the largest magnitude in its row. */
export function quantizeRows(rows: readonly Float64Array[]): ByteRows {
  const columns = rows[0]?.length ?? 0;
  const scales = rows.map((row) => row.reduce((max, value) => Math.max(max, Math.abs(value)), epsilon) / 127);
  const bytes = new Int8Array(columns * rows.length);
  for (const [index, row] of rows.entries()) {
    for (let column = 0; column < columns; column++) {
      bytes[index * columns + column] = Math.round(row[column]! / scales[index]!);
    }
  }
  return { columns, scales, bytes: Buffer.from(bytes.buffer).toString('base64') };
}

/** The rows as floats. */
export function dequantizeRows({ columns, scales, bytes }: ByteRows): Float64Array[] {
  const values = new Int8Array(Buffer.from(bytes, 'base64'));
  if (values.length !== columns * scales.length) {
    throw new Error(`expected ${scales.length} x ${columns} bytes, got ${values.length}`);
  }
  return scales.map((scale, row) =>
    Float64Array.from(values.subarray(row * columns, (row + 1) * columns), (value) => scale * value),
  );
}
