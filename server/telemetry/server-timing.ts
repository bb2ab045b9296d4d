import { stageName, type CallRecord } from './call-record.js';

/**
 * How long the stages of a call took, in the format of the Server-Timing header (https://www.w3.org/TR/server-timing/),
 * in milliseconds: `queue;dur=1.2, decode;dur=8.9, text-detection;dur=230.4, total;dur=241`. The images of a request are
 * analyzed side by side, so that a sum over them would exceed the total: each stage counts with the image that it took
 * longest for.
 * @param totalMs of the whole call
 * @returns undefined for a call without stages
 */
export function serverTiming({ stages }: CallRecord, totalMs: number): string | undefined {
  if (stages.length === 0) return undefined;
  const longest = new Map<string, number>();
  for (const stage of stages) {
    const name = stageName(stage);
    longest.set(name, Math.max(longest.get(name) ?? 0, stage.endMs - stage.startMs));
  }
  return [...longest, ['total', totalMs] as const]
    .map(([name, ms]) => `${name};dur=${Number(ms.toFixed(1))}`)
    .join(', ');
}
