import { Counter, Gauge, Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { readMetrics } from './read-metrics.js';

it('reads what prom-client prints', async () => {
  const registry = new Registry();
  const hostile = 'a "quote", a \\ and a\nline{}=1';
  new Counter({ name: 'calls_total', help: 'h', labelNames: ['path', 'code'], registers: [registry] }).inc(
    { path: hostile, code: 7 },
    2.5,
  );
  const gauge = new Gauge({ name: 'depth', help: 'h', registers: [registry] });
  gauge.set(Infinity);
  expect(readMetrics(await registry.metrics())).toEqual([
    { name: 'calls_total', labels: { path: hostile, code: '7' }, value: 2.5 },
    { name: 'depth', labels: {}, value: Infinity },
  ]);
});

it('skips comments, empty lines and what it does not know', () => {
  expect(readMetrics('# HELP a b\n\n<html>\na 1 1700000000000\nb NaN')).toEqual([
    { name: 'a', labels: {}, value: 1 },
    { name: 'b', labels: {}, value: Number.NaN },
  ]);
});
