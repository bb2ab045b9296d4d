/** Figures beside their limits, printed as a table in the end. */
export class Report {
  readonly #rows: Array<{ figure: string; value: string; limit: string; ok: string }> = [];
  #failed = 0;

  atMost(figure: string, value: number, limit: number): void {
    this.#add(figure, value, `<= ${round(limit)}`, value <= limit);
  }

  atLeast(figure: string, value: number, limit: number): void {
    this.#add(figure, value, `>= ${round(limit)}`, value >= limit);
  }

  /** A figure without a limit. */
  note(figure: string, value: number): void {
    this.#add(figure, value, '', true);
  }

  /** Prints the table, and lets the process fail if a limit was passed and it is to. */
  print(fails = true): void {
    console.table(this.#rows);
    if (fails && this.#failed > 0) process.exitCode = 1;
  }

  #add(figure: string, value: number, limit: string, ok: boolean): void {
    if (!ok) this.#failed++;
    this.#rows.push({ figure, value: round(value), limit, ok: ok ? 'ok' : 'FAIL' });
    process.stderr.write(`${ok ? '' : 'FAIL '}${figure}: ${round(value)} ${limit}\n`);
  }
}

function round(value: number): string {
  return String(Number(value.toFixed(3)));
}

/** The value that a share of the values does not pass. NaN without values. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}
