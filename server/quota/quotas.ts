import { createHash } from 'node:crypto';
import { limits } from '../contract/limits.js';
import { VisionError, type Quota } from '../errors/errors.js';
import { TokenBuckets } from './token-buckets.js';

/** Requests, images and features per second that every folder may use. 0 means no limit. */
export type QuotaRates = Readonly<Record<Quota, number>>;

/** What a folder may still use. Whatever is taken counts, even if the call fails later. */
export interface FolderQuota {
  /** Takes a request. @throws VisionError QUOTA_EXCEEDED */
  takeRequest(): void;
  /** Takes all of these images, or none. @throws VisionError QUOTA_EXCEEDED */
  takeImages(count: number): void;
  /**
   * Charges images that are known only now: the further pages of a file. They may leave the folder in debt, so that a
   * file with more pages than the quota has images is analyzed at all.
   */
  chargeImages(count: number): void;
  /**
   * Takes as many of these features as there are.
   * @returns how many were granted, and the error of the others: QUOTA_EXCEEDED
   */
  takeFeatures(count: number): { readonly granted: number; readonly refusal: VisionError | undefined };
  /** Takes an image and a feature for it, or neither. @throws VisionError QUOTA_EXCEEDED */
  takeImageOfIndex(): void;
}

/**
 * What is there at least after a while without calls. Without it, a quota of 5 images a second would refuse every
 * request of 8 images.
 */
const smallestBursts: Readonly<Record<Quota, number>> = {
  requests: 1,
  images: limits.specs,
  features: limits.specs * limits.features,
};

/** The quotas of all folders. They count from full on: a burst has one second's worth, or what one request may have. */
export class Quotas {
  readonly #rates: QuotaRates;
  readonly #buckets: Readonly<Record<Quota, TokenBuckets | undefined>>;

  /** @param now milliseconds of a clock that is never set */
  constructor(rates: QuotaRates, now?: () => number) {
    const bucketsOf = (quota: Quota): TokenBuckets | undefined => {
      const rate = rates[quota];
      if (rate === 0) return undefined;
      return new TokenBuckets({
        rate,
        burst: Math.max(rate, smallestBursts[quota]),
        ...(now !== undefined && { now }),
      });
    };
    this.#rates = rates;
    this.#buckets = {
      requests: bucketsOf('requests'),
      images: bucketsOf('images'),
      features: bucketsOf('features'),
    };
  }

  /** The quota of a folder, which need not exist. */
  of(folder: string): FolderQuota {
    const key = keyOf(folder);
    const { requests, images, features } = this.#buckets;
    const secondsUntil = (quota: Quota, wanted: number): number => this.#buckets[quota]?.secondsUntil(key, wanted) ?? 0;
    const exceeded = (quota: Quota, seconds: number): VisionError =>
      VisionError.quotaExceeded(folder, quota, this.#rates[quota], Math.max(1, Math.ceil(seconds)));
    const check = (quota: Quota, wanted: number): void => {
      const seconds = secondsUntil(quota, wanted);
      if (seconds > 0) throw exceeded(quota, seconds);
    };
    return {
      takeRequest() {
        check('requests', 1);
        requests?.take(key, 1);
      },
      takeImages(count) {
        check('images', count);
        images?.take(key, count);
      },
      chargeImages(count) {
        images?.charge(key, count);
      },
      takeFeatures(count) {
        const granted = features?.take(key, count) ?? count;
        const missing = count - granted;
        return { granted, refusal: missing > 0 ? exceeded('features', secondsUntil('features', missing)) : undefined };
      },
      takeImageOfIndex() {
        check('images', 1);
        check('features', 1);
        images?.take(key, 1);
        features?.take(key, 1);
      },
    };
  }
}

/** Nobody's folder has a longer name than the API allows, but a request may: it must not stay in memory. */
function keyOf(folder: string): string {
  if (folder.length <= limits.folderIdLength) return folder;
  return createHash('sha256').update(folder).digest('base64url');
}
