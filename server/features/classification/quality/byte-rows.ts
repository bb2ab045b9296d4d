/** A matrix whose rows are signed bytes, with a scale for each row: a quarter of what floats take. */
export interface ByteRows {
  readonly columns: number;
  readonly scales: readonly number[];
  /** `scales.length` rows of `columns` bytes as base64. */
  readonly bytes: string;
}

/** Scale of a row of zeros: it must not divide by 0. */
const tiny = 1e-300;

/** Packs rows of equal lengths. What is lost of a number is below 1/254 of the largest of its row. */
export function packRows(rows: readonly Float64Array[]): ByteRows {
  const columns = rows[0]?.length ?? 0;
  const scales = rows.map((row) => row.reduce((most, value) => Math.max(most, Math.abs(value)), tiny) / 127);
  const bytes = new Int8Array(columns * rows.length);
  for (const [index, row] of rows.entries()) {
    for (let column = 0; column < columns; column++) {
      bytes[index * columns + column] = Math.round(row[column]! / scales[index]!);
    }
  }
  return { columns, scales, bytes: Buffer.from(bytes.buffer).toString('base64') };
}

/** The rows as floats. */
export function unpackRows({ columns, scales, bytes }: ByteRows): Float64Array[] {
  const values = new Int8Array(Buffer.from(bytes, 'base64'));
  if (values.length !== columns * scales.length) {
    throw new Error(`expected ${scales.length} x ${columns} bytes, got ${values.length}`);
  }
  return scales.map((scale, row) =>
    Float64Array.from(values.subarray(row * columns, (row + 1) * columns), (value) => scale * value),
  );
}
