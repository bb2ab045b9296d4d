import { describe, expect, it } from 'vitest';
import { Code } from '../../gen/google/rpc/code.js';
import { VisionCallError } from './errors.js';
import { withRetries } from './retry.js';

/** Fails as often as it is told, and counts its calls. */
function failing(problem: { code: Code; retryAfterMs?: number }, times: number) {
  let calls = 0;
  const call = async (): Promise<number> => {
    calls += 1;
    if (calls <= times) throw new VisionCallError({ ...problem, message: 'failed' });
    return calls;
  };
  return { call, calls: () => calls };
}

describe('withRetries', () => {
  it('calls again while the server is unavailable and says when to come back', async () => {
    const { call } = failing({ code: Code.UNAVAILABLE, retryAfterMs: 0 }, 2);
    expect(await withRetries({ timeoutMs: 60_000, signal: undefined }, call)).toBe(3);
  });

  it.each([
    ['does not say when to come back', { code: Code.UNAVAILABLE }],
    ['wants to be asked after the deadline', { code: Code.UNAVAILABLE, retryAfterMs: 60_000 }],
    ['has a quota that is used up', { code: Code.RESOURCE_EXHAUSTED, retryAfterMs: 0 }],
    ['is too slow', { code: Code.DEADLINE_EXCEEDED, retryAfterMs: 0 }],
    ['has a fault', { code: Code.INTERNAL, retryAfterMs: 0 }],
  ])('calls once if the server %s', async (_, problem) => {
    const { call, calls } = failing(problem, 1);
    await expect(withRetries({ timeoutMs: 60_000, signal: undefined }, call)).rejects.toMatchObject({
      code: problem.code,
    });
    expect(calls()).toBe(1);
  });

  it('stops waiting when the signal aborts', async () => {
    const controller = new AbortController();
    const { call, calls } = failing({ code: Code.UNAVAILABLE, retryAfterMs: 30_000 }, 1);
    const result = withRetries({ timeoutMs: 60_000, signal: controller.signal }, call);
    controller.abort();
    await expect(result).rejects.toMatchObject({ name: 'AbortError' });
    expect(calls()).toBe(1);
  });

  it('gives the later attempts what is left of the time', async () => {
    const left: number[] = [];
    await withRetries({ timeoutMs: 60_000, signal: undefined }, async ({ timeoutMs }) => {
      left.push(timeoutMs);
      if (left.length < 2) throw new VisionCallError({ code: Code.UNAVAILABLE, message: '', retryAfterMs: 100 });
    });
    expect(left[1]).toBeLessThan(60_000 - 90);
  });
});
