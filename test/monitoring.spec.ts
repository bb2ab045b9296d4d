import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { repositoryRoot } from '../server/paths.js';
import { metricTable, type MetricDefinition } from '../server/telemetry/metric-table.js';
import { Metrics } from '../server/telemetry/metrics.js';

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

/** Labels of each series that a server has, by its name. */
async function series(): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  // Prometheus adds these to whatever it scrapes.
  const ofPrometheus = ['job', 'instance'];
  const found = new Map([['up', new Set(ofPrometheus)]]);
  const text = await new Metrics({ version: '', byFolder: true }).print({ isAdministrator: true });
  for (const [, name = '', type] of text.matchAll(/^# TYPE (\w+) (\w+)$/gm)) {
    const known: MetricDefinition | undefined = Object.entries(metricTable).find(([each]) => each === name)?.[1];
    const labels = [...ofPrometheus, ...(known?.labels ?? [])];
    found.set(name, new Set(labels));
    if (type !== 'histogram') continue;
    for (const suffix of ['sum', 'count']) found.set(`${name}_${suffix}`, new Set(labels));
    found.set(`${name}_bucket`, new Set([...labels, 'le']));
  }
  return found;
}

interface Query {
  /** Names of series, with the labels by which they are selected. */
  readonly selectors: ReadonlyArray<readonly [name: string, labels: readonly string[]]>;
  /** Labels by which results are grouped. */
  readonly groups: readonly string[];
}

const keywords = new Set(['and', 'or', 'unless', 'by', 'without', 'on', 'ignoring', 'bool', 'offset']);

/** What a PromQL expression asks for. */
function readQuery(expression: string): Query {
  const plain = expression.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""').replaceAll(/\[[^\]]*\]/g, '');
  const groups: string[] = [];
  const rest = plain.replaceAll(/\b(?:by|without|on|ignoring) ?\(([^)]*)\)/g, (_, names: string) => {
    groups.push(...names.split(',').map((name) => name.trim()));
    return '';
  });
  const selectors = Array.from(
    rest.matchAll(/(?<![\w.])([a-z_]\w*)(?:\{([^}]*)\})?(?!\w*\s*\()/g),
    ([, name = '', matchers = '']) =>
      [name, Array.from(matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g), ([, label = '']) => label)] as const,
  );
  return { selectors: selectors.filter(([name]) => !keywords.has(name)), groups };
}

describe('readQuery', () => {
  it('finds series, their labels and groups, and no functions, strings or numbers', () => {
    const query =
      'histogram_quantile(0.99, sum by (le, job) (rate(a_bucket{x=~"b|c",y!="d{e}"}[5m]))) > 1e3 * f or time() - g';
    expect(readQuery(query)).toEqual({
      selectors: [
        ['a_bucket', ['x', 'y']],
        ['f', []],
        ['g', []],
      ],
      groups: ['le', 'job'],
    });
  });
});

describe('examples/monitoring', () => {
  const read = (file: string): string => readFileSync(join(repositoryRoot, 'examples/monitoring', file), 'utf8');
  const alerts: { groups: ReadonlyArray<{ rules: ReadonlyArray<Readonly<Record<string, string>>> }> } = parse(
    read('alerts.yaml'),
  );
  const rules = alerts.groups.flatMap((group) => group.rules);
  const dashboard: { panels: ReadonlyArray<{ id: number; title: string; targets?: ReadonlyArray<{ expr: string }> }> } =
    JSON.parse(read('dashboard.json'));
  const expressions = [
    ...rules.map(({ alert = '', expr = '' }) => [alert, expr] as const),
    ...dashboard.panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => [title, expr] as const)),
  ];

  it.each(expressions)('%s asks for series and labels that there are', async (_, expression) => {
    const known = await series();
    const { selectors, groups } = readQuery(expression);
    expect(selectors.length).toBeGreaterThan(0);
    expect(selectors.filter(([name]) => !known.has(name))).toEqual([]);
    for (const [name, labels] of selectors) {
      expect(labels.filter((label) => known.get(name)?.has(label) !== true)).toEqual([]);
    }
    const isLabel = (label: string): boolean => selectors.some(([name]) => known.get(name)?.has(label) === true);
    expect(groups.filter((label) => !isLabel(label))).toEqual([]);
  });

  it('watches every metric', () => {
    const asked = new Set(
      expressions.flatMap(([, expression]) => readQuery(expression).selectors.map(([name]) => name)),
    );
    const isAsked = (name: string): boolean =>
      asked.has(name) || ['bucket', 'sum', 'count'].some((suffix) => asked.has(`${name}_${suffix}`));
    expect(Object.keys(metricTable).filter((name) => !isAsked(name))).toEqual([]);
  });

  it('has alerts with a severity and two sentences, in the table of docs/monitoring.md', () => {
    for (const { alert, labels, annotations } of rules) {
      expect(alert).toMatch(/^Visiond[A-Z]/);
      expect(labels).toEqual({ severity: expect.stringMatching(/^(warning|critical)$/) });
      expect(annotations).toEqual({ summary: expect.any(String), description: expect.stringMatching(/\.$/) });
    }
    const listed = Array.from(page.matchAll(/^\| `(Visiond\w+)` \|/gm), ([, name]) => name);
    expect(listed).toEqual(rules.map(({ alert }) => alert));
  });

  it('has panels with ids of their own', () => {
    const ids = dashboard.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThan(20);
  });

  it('scrapes a job of the name that the alerts go by', () => {
    expect(parse(read('prometheus.yaml'))).toMatchObject({
      scrape_configs: [{ job_name: 'visiond' }],
      rule_files: ['alerts.yaml'],
    });
  });
});
