import { createRequire } from 'node:module';
import { hammingDistance } from '../server/features/image-copy-search/hash/pdq.js';

/** A perceptual hash of an npm package, searched exhaustively. */
export interface Peer {
  readonly name: string;
  index(path: string, file: Buffer): Promise<void>;
  /** @param source the right answer; undefined for a negative */
  search(query: string, file: Buffer, source: string | undefined): Promise<void>;
  /** The largest distance at which at most so many negatives have a match. */
  limit(falseMatches: number): number;
  /** Share of the queries of that name whose source is within the limit. */
  recall(query: RegExp, limit: number): number;
}

// The packages have no types, or wrong ones for this kind of import.
const require = createRequire(import.meta.url);
const phash: (file: Buffer) => Promise<string> = require('sharp-phash');
const dhash: (file: Buffer) => Promise<Uint8Array> = require('dhash-image');

/** pHash and dHash, as their packages compute them by default. */
export function peers(): Peer[] {
  return [
    peer('sharp-phash', async (file) =>
      Uint8Array.from((await phash(file)).match(/.{8}/g) ?? [], (bits) => parseInt(bits, 2)),
    ),
    peer('dhash-image', dhash),
  ];
}

function peer(name: string, hash: (file: Buffer) => Promise<Uint8Array>): Peer {
  const indexed: Array<{ path: string; hash: Uint8Array }> = [];
  const positive: Array<{ query: string; distance: number }> = [];
  const negative: number[] = [];
  return {
    name,
    async index(path, file) {
      indexed.push({ path, hash: await hash(file) });
    },
    async search(query, file, source) {
      const own = await hash(file);
      const candidates = source === undefined ? indexed : indexed.filter(({ path }) => path === source);
      const distance = candidates.reduce((min, other) => Math.min(min, hammingDistance(own, other.hash)), Infinity);
      if (source === undefined) negative.push(distance);
      else positive.push({ query, distance });
    },
    limit(falseMatches) {
      const sorted = negative.toSorted((a, b) => a - b);
      return (sorted[falseMatches] ?? Infinity) - 1;
    },
    recall(pattern, limit) {
      const own = positive.filter(({ query }) => pattern.test(query));
      return own.filter(({ distance }) => distance <= limit).length / Math.max(1, own.length);
    },
  };
}
