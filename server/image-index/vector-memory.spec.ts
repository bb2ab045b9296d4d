import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { embeddingBytes, hashBytes, type Vectors } from './image-index.js';
import { VectorMemory } from './vector-memory.js';

/** Vectors that have nothing in common with those of another seed. */
function vectorsOf(seed: number): Vectors {
  let state = seed + 1;
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  };
  const hash = Uint8Array.from({ length: hashBytes }, next);
  return { hash, embedding: Int8Array.from({ length: embeddingBytes }, () => (next() - 128) / 4) };
}

function findImages(memory: VectorMemory, folder: number, { hash, embedding }: Vectors): number[] {
  const query = { hashes: [hash], embeddings: [embedding], maxHashDistance: 0 };
  return memory.findNearest(folder, query).map(({ image }) => image);
}

const byHash = (hash: Uint8Array, maxHashDistance = 0) => ({ hashes: [hash], embeddings: [], maxHashDistance });

describe('VectorMemory', () => {
  it('finds every image by hash and by embedding, in its own folder only', () => {
    const memory = new VectorMemory();
    for (let image = 1; image <= 200; image++) memory.add(image % 3, image, vectorsOf(image));
    for (let image = 1; image <= 200; image++) {
      const { hash, embedding } = vectorsOf(image);
      expect(memory.findNearest(image % 3, byHash(hash))[0]).toEqual({ image, hash });
      const byEmbedding = { hashes: [], embeddings: [embedding], maxHashDistance: 0 };
      expect(memory.findNearest(image % 3, byEmbedding)[0]).toEqual({ image, hash });
      expect(findImages(memory, (image + 1) % 3, vectorsOf(image))).not.toContain(image);
    }
  });

  it('finds all images within the distance', () => {
    const memory = new VectorMemory();
    const { hash, embedding } = vectorsOf(0);
    for (let image = 1; image <= 100; image++) {
      memory.add(1, image, { hash: hash.with(image % 32, hash[image % 32]! ^ 1), embedding });
    }
    expect(memory.findNearest(1, byHash(hash, 1))).toHaveLength(100);
    expect(memory.findNearest(1, byHash(hash))).toHaveLength(4);
  });

  it('finds nothing in an empty or unknown folder', () => {
    expect(findImages(new VectorMemory(), 7, vectorsOf(1))).toEqual([]);
  });

  it('holds what was added and not removed, in any order', () => {
    const step = fc.record({ image: fc.integer({ min: 1, max: 60 }), folder: fc.integer({ min: 1, max: 2 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const memory = new VectorMemory();
        const added = new Map<string, { image: number; folder: number }>();
        for (const { image, folder } of steps) {
          const key = `${folder} ${image}`;
          if (added.delete(key)) memory.remove(folder, image);
          else {
            added.set(key, { image, folder });
            memory.add(folder, image, vectorsOf(image));
          }
        }
        for (let image = 1; image <= 60; image++) {
          for (const folder of [1, 2]) {
            const found = memory
              .findNearest(folder, byHash(vectorsOf(image).hash))
              .some((near) => near.image === image);
            expect(found).toBe(added.has(`${folder} ${image}`));
          }
        }
      }),
      { numRuns: 30 },
    );
  });
});
