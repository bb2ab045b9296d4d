import { table } from '../options/help-text.js';
import type { ServerReadiness } from './read-readiness.js';
import type { Counts, Summary } from './summarize.js';

/** The state of a server for people. @param summary undefined if its metrics cannot be read */
export function printStatus(endpoint: string, { ready, reason, warnings }: ServerReadiness, summary?: Summary): string {
  const name = summary?.version === undefined ? 'visiond' : `visiond ${summary.version}`;
  const uptime = summary?.uptimeSeconds === undefined ? '' : `, up ${duration(summary.uptimeSeconds)}`;
  const head = `${name} at ${endpoint}${uptime}: ${ready ? 'ready' : `not ready. ${reason}`}`;
  const lines = [head, ...warnings.map((warning) => `Warning: ${warning}`)];
  if (summary === undefined) return `${lines.join('\n')}\n`;
  const rows = rowsOf(summary).filter(([, text]) => text !== '');
  return `${[...lines, '', table(rows)].join('\n')}\n`;
}

function rowsOf(summary: Summary): ReadonlyArray<readonly [title: string, text: string]> {
  const { queue, workers, memory, engineRestarts, calls, refusals, models, index } = summary;
  const { serverBytes, engineBytes, bodyBytes } = memory;
  return [
    ['Queue', join(count(queue.images, 'waiting'), pixels(queue.pixelsInFlight), ...list(queue.dropped, 'dropped'))],
    ['Workers', join(...list(workers))],
    ['Memory', join(bytes(serverBytes, 'server'), bytes(engineBytes, 'engine'), bytes(bodyBytes, 'request bodies'))],
    ['Engine', engineBytes === undefined ? '' : join(...list(engineRestarts, 'restarts')) || 'no restarts'],
    ['gRPC calls', join(...list(calls.grpc)) || 'none'],
    ['HTTP requests', join(...list(calls.http)) || 'none'],
    ['Refused', join(...list(refusals)) || 'none'],
    ['Models', join(...list(models))],
    ['Index', join(count(index.images, 'images'), bytes(index.memoryBytes, 'in memory'))],
  ];
}

function join(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(', ');
}

/** `12 OK`, the largest first. Counts of nothing are left out where there are others. */
function list(counts: Counts, what = ''): string[] {
  const all = Object.entries(counts).toSorted(([, a], [, b]) => b - a);
  const some = all.filter(([, value]) => value > 0);
  return (some.length > 0 ? some : all.slice(0, 1)).map(([name, value]) =>
    [value.toLocaleString('en'), name, what].join(' ').trim(),
  );
}

function count(value: number | undefined, what: string): string {
  return value === undefined ? '' : `${value.toLocaleString('en')} ${what}`;
}

function pixels(value: number | undefined): string {
  return value === undefined ? '' : `${(value / 1e6).toFixed(1)} megapixels in flight`;
}

function bytes(value: number | undefined, what: string): string {
  return value === undefined ? '' : `${Math.round(value / 2 ** 20).toLocaleString('en')} MB ${what}`;
}

/** `3 d 4 h`, `5 min 6 s`. */
function duration(seconds: number): string {
  const units = [
    ['d', 86_400],
    ['h', 3600],
    ['min', 60],
    ['s', 1],
  ] as const;
  const first = units.findIndex(([, size]) => seconds >= size);
  let rest = seconds;
  const parts = units.slice(first, first === -1 ? undefined : first + 2).map(([unit, size]) => {
    const value = Math.floor(rest / size);
    rest -= value * size;
    return `${value} ${unit}`;
  });
  return first === -1 ? '0 s' : parts.filter((part) => !part.startsWith('0 ')).join(' ');
}
