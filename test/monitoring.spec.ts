import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repositoryRoot } from '../server/paths.js';
import { metricTable, type MetricDefinition } from '../server/telemetry/metric-table.js';

const path = join(repositoryRoot, 'docs/monitoring.md');
const page = readFileSync(path, 'utf8');

function row([name, { type, labels, byFolder, help }]: readonly [string, MetricDefinition]): string {
  const all = [...labels, ...(byFolder === true ? ['folder'] : [])];
  return `| \`${name}\` | ${type} | ${all.map((label) => `\`${label}\``).join(', ')} | ${help} |`;
}

describe('docs/monitoring.md', () => {
  // `npx vitest run test/monitoring.spec.ts -u` writes the table anew.
  it('has all metrics', async () => {
    const table = [
      '| Metric | Type | Labels | Meaning |',
      '|---|---|---|---|',
      ...Object.entries(metricTable).map(row),
    ];
    const updated = page.replace(
      /(<!-- metrics -->)[\s\S]*(<!-- \/metrics -->)/,
      (_, start, end) => `${start}\n${table.join('\n')}\n${end}`,
    );
    await expect(updated).toMatchFileSnapshot(path);
  });
});
