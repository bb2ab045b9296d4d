import { describe, expect, it } from 'vitest';
import type { Image } from './image.js';
import { oncePerImage } from './once-per-image.js';

interface Run {
  readonly signal: AbortSignal;
  readonly finish: (result: string) => void;
  readonly fail: (error: Error) => void;
}

function newImage(): Image {
  return { width: 1, height: 1, rgb: new Uint8Array(new SharedArrayBuffer(3)) };
}

/** A task that ends when told to, or when its signal fires. */
function tracked(): { runs: Run[]; task: (image: Image, signal: AbortSignal) => Promise<string> } {
  const runs: Run[] = [];
  return {
    runs,
    task: (_image, signal) =>
      new Promise((finish, fail) => {
        signal.addEventListener('abort', () => fail(signal.reason));
        runs.push({ signal, finish, fail });
      }),
  };
}

describe('oncePerImage', () => {
  it('runs once for all callers of an image, also later ones', async () => {
    const { runs, task } = tracked();
    const shared = oncePerImage(task);
    const image = newImage();
    const signals = [1, 2, 3].map(() => new AbortController().signal);
    const results = [shared(image, signals[0]!), shared(image, signals[1]!)];
    runs[0]!.finish('done');
    expect(await Promise.all([...results, shared(image, signals[2]!)])).toEqual(['done', 'done', 'done']);
    expect(runs).toHaveLength(1);
    void shared(newImage(), signals[0]!);
    expect(runs).toHaveLength(2);
  });

  it('goes on for the others when a caller leaves, whichever came first', async () => {
    const { runs, task } = tracked();
    const shared = oncePerImage(task);
    const image = newImage();
    const first = new AbortController();
    const left = shared(image, first.signal);
    const stays = shared(image, new AbortController().signal);
    first.abort(new Error('first gone'));
    await expect(left).rejects.toThrow('first gone');
    expect(runs[0]!.signal.aborted).toBe(false);
    runs[0]!.finish('done');
    await expect(stays).resolves.toBe('done');
    expect(runs).toHaveLength(1);
  });

  it('ends when the last caller leaves, and starts again for the next', async () => {
    const { runs, task } = tracked();
    const shared = oncePerImage(task);
    const image = newImage();
    const callers = [new AbortController(), new AbortController()];
    const left = callers.map(({ signal }) => shared(image, signal));
    for (const [index, caller] of callers.entries()) caller.abort(new Error(`caller ${index} gone`));
    const outcomes = await Promise.allSettled(left);
    expect(outcomes.map((outcome) => outcome.status === 'rejected' && String(outcome.reason))).toEqual([
      'Error: caller 0 gone',
      'Error: caller 1 gone',
    ]);
    expect(runs[0]!.signal.aborted).toBe(true);
    const next = shared(image, new AbortController().signal);
    expect(runs).toHaveLength(2);
    runs[1]!.finish('done');
    await expect(next).resolves.toBe('done');
  });

  it('starts nothing for a caller that is gone already', async () => {
    const { runs, task } = tracked();
    const shared = oncePerImage(task);
    await expect(shared(newImage(), AbortSignal.abort(new Error('late')))).rejects.toThrow('late');
    expect(runs).toHaveLength(0);
  });

  it('keeps a failure for all callers of the image', async () => {
    const { runs, task } = tracked();
    const shared = oncePerImage(task);
    const image = newImage();
    const failing = shared(image, new AbortController().signal);
    runs[0]!.fail(new Error('broken'));
    await expect(failing).rejects.toThrow('broken');
    await expect(shared(image, new AbortController().signal)).rejects.toThrow('broken');
    expect(runs).toHaveLength(1);
  });
});
