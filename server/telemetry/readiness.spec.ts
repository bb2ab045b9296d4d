import { beforeEach, describe, expect, it } from 'vitest';
import type { Log } from './log.js';
import { Readiness, type Trouble } from './readiness.js';

const logged: string[] = [];
const log: Log = {
  debug: (message) => logged.push(`debug ${message}`),
  info: (message) => logged.push(`info ${message}`),
  warn: (message) => logged.push(`warn ${message}`),
  error: (message) => logged.push(`error ${message}`),
};
const loading: Trouble = { severity: 'down', sentence: 'Loading models.' };
const full = (cause: string): Trouble => ({
  severity: 'degraded',
  sentence: 'The disk is full.',
  cause: new Error(cause),
});
let readiness: Readiness;
let told: boolean[];

beforeEach(() => {
  logged.length = 0;
  readiness = new Readiness(log);
  told = [];
  readiness.watch((ready) => told.push(ready));
});

describe('Readiness', () => {
  it('is ready when no part is down, and tells every change once', () => {
    readiness.report('start', loading);
    readiness.report('inference', { severity: 'down', sentence: 'All threads died.', cause: new Error('exit code 7') });
    expect([readiness.ready, readiness.reasons]).toEqual([false, ['Loading models.', 'All threads died.']]);
    readiness.report('start', undefined);
    expect(readiness.ready).toBe(false);
    readiness.report('inference', undefined);
    expect(readiness.ready).toBe(true);
    expect(told).toEqual([true, false, true]);
  });

  it('stays ready with what is degraded', () => {
    readiness.report('index writes', full('write failed'));
    expect([readiness.ready, readiness.warnings]).toEqual([true, ['The disk is full.']]);
    expect(told).toEqual([true]);
  });

  it('logs what changes, and not what stays', () => {
    readiness.report('yunet', undefined);
    for (const cause of ['a', 'a', 'b']) readiness.report('index writes', full(cause));
    readiness.report('index writes', undefined);
    readiness.report('index writes', undefined);
    readiness.report('start', loading);
    readiness.report('inference', { severity: 'down', sentence: 'All threads died.', cause: new Error('exit code 7') });
    expect(logged).toEqual([
      'warn The disk is full.',
      'warn The disk is full.',
      'info resolved',
      'info Loading models.',
      'error All threads died.',
    ]);
    expect(readiness.troubles).toEqual([
      { part: 'start', severity: 'down' },
      { part: 'inference', severity: 'down' },
    ]);
  });
});
