import { beforeEach, describe, expect, it } from 'vitest';
import { VisionError } from '../errors/errors.js';
import { Quotas, type QuotaRates } from './quotas.js';

let nowMs: number;
beforeEach(() => {
  nowMs = 0;
});
const quotas = (rates: Partial<QuotaRates>): Quotas =>
  new Quotas({ requests: 0, images: 0, features: 0, ...rates }, () => nowMs);

/** What a call is told: the quota that it exceeds and in how many seconds to retry, or nothing. */
function told(task: () => unknown): unknown {
  try {
    task();
    return undefined;
  } catch (error) {
    if (!(error instanceof VisionError)) throw error;
    return [error.reason, error.metadata['quota'], error.metadata['seconds']];
  }
}

describe('the quota of requests', () => {
  it('lets a folder make so many a second, and says when the next one may come', () => {
    const all = quotas({ requests: 2 });
    const take = () => told(() => all.of('b1g').takeRequest());
    expect([take(), take(), take()]).toEqual([undefined, undefined, ['QUOTA_EXCEEDED', 'requests', '1']]);
    nowMs = 499;
    expect(take()).toEqual(['QUOTA_EXCEEDED', 'requests', '1']);
    nowMs = 500;
    expect([take(), take()]).toEqual([undefined, ['QUOTA_EXCEEDED', 'requests', '1']]);
  });

  it('may be one in many seconds', () => {
    const all = quotas({ requests: 0.05 });
    const take = () => told(() => all.of('b1g').takeRequest());
    expect([take(), take()]).toEqual([undefined, ['QUOTA_EXCEEDED', 'requests', '20']]);
    nowMs = 20_000;
    expect(take()).toBeUndefined();
  });

  it('is that of one folder', () => {
    const all = quotas({ requests: 1 });
    const take = (folder: string) => told(() => all.of(folder).takeRequest());
    expect([take('a'), take('b'), take(''), take('a')]).toEqual([
      undefined,
      undefined,
      undefined,
      ['QUOTA_EXCEEDED', 'requests', '1'],
    ]);
  });

  it('tells names apart that are too long for a folder', () => {
    const all = quotas({ requests: 1 });
    const take = (folder: string) => told(() => all.of(folder).takeRequest());
    const long = 'x'.repeat(1000);
    expect([take(`${long}a`), take(`${long}b`), take(`${long}a`)]).toEqual([
      undefined,
      undefined,
      ['QUOTA_EXCEEDED', 'requests', '1'],
    ]);
  });
});

describe('the quota of images', () => {
  it('lets a full request through, whatever it is, and then counts', () => {
    const all = quotas({ images: 2 });
    const take = (count: number) => told(() => all.of('b1g').takeImages(count));
    expect([take(8), take(8)]).toEqual([undefined, ['QUOTA_EXCEEDED', 'images', '4']]);
    nowMs = 1000;
    expect([take(3), take(2)]).toEqual([['QUOTA_EXCEEDED', 'images', '1'], undefined]);
    nowMs = 3_600_000;
    expect([take(8), take(1)]).toEqual([undefined, ['QUOTA_EXCEEDED', 'images', '1']]);
  });
});

describe('the quota of features', () => {
  it('lets a full request through, and of the next as many features as there are', () => {
    const quota = quotas({ features: 10 }).of('b1g');
    expect(quota.takeFeatures(64)).toEqual({ granted: 64, refusal: undefined });
    nowMs = 500;
    expect(quota.takeFeatures(8)).toEqual({
      granted: 5,
      refusal: expect.objectContaining({
        code: 8,
        message: expect.stringContaining('limit on requests was exceeded'),
        metadata: { limit: '10', quota: 'features', seconds: '1' },
        quota: { subject: 'b1g', description: '10 features per second and folder' },
      }),
    });
  });
});

describe('an image of the index', () => {
  it('counts as an image and a feature, or as neither', () => {
    const quota = quotas({ images: 100, features: 1 }).of('b1g');
    for (let count = 0; count < 64; count++) quota.takeImageOfIndex();
    for (let count = 0; count < 100; count++) {
      expect(told(() => quota.takeImageOfIndex())).toEqual(['QUOTA_EXCEEDED', 'features', '1']);
    }
    expect(told(() => quota.takeImages(36))).toBeUndefined();
    expect(told(() => quota.takeImageOfIndex())).toEqual(['QUOTA_EXCEEDED', 'images', '1']);
  });
});

it('sets no limit where it is 0', () => {
  const quota = quotas({}).of('b1g');
  for (let count = 0; count < 1000; count++) {
    quota.takeRequest();
    quota.takeImages(8);
    quota.takeImageOfIndex();
    expect(quota.takeFeatures(64)).toEqual({ granted: 64, refusal: undefined });
  }
});
