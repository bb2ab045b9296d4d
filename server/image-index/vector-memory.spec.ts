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

function proposed(memory: VectorMemory, folder: number, { hash, embedding }: Vectors): number[] {
  return memory.propose(folder, [hash], [embedding], 0).map(({ image }) => image);
}

describe('VectorMemory', () => {
  it('finds every image again, in its own folder alone, by hash and by embedding', () => {
    const memory = new VectorMemory();
    for (let image = 1; image <= 200; image++) memory.add(image % 3, image, vectorsOf(image));
    for (let image = 1; image <= 200; image++) {
      const { hash, embedding } = vectorsOf(image);
      expect(memory.propose(image % 3, [hash], [], 0)[0]).toEqual({ image, hash });
      expect(memory.propose(image % 3, [], [embedding], 0)[0]).toEqual({ image, hash });
      expect(proposed(memory, (image + 1) % 3, vectorsOf(image))).not.toContain(image);
    }
  });

  it('proposes all images within the near distance', () => {
    const memory = new VectorMemory();
    const { hash, embedding } = vectorsOf(0);
    for (let image = 1; image <= 100; image++) {
      memory.add(1, image, { hash: hash.with(image % 32, hash[image % 32]! ^ 1), embedding });
    }
    expect(memory.propose(1, [hash], [], 1)).toHaveLength(100);
    expect(memory.propose(1, [hash], [], 0)).toHaveLength(4);
  });

  it('knows nothing of an empty or an unknown folder', () => {
    expect(proposed(new VectorMemory(), 7, vectorsOf(1))).toEqual([]);
  });

  it('holds what was added and not removed, whatever the order', () => {
    const step = fc.record({ image: fc.integer({ min: 1, max: 60 }), folder: fc.integer({ min: 1, max: 2 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const memory = new VectorMemory();
        const there = new Map<string, { image: number; folder: number }>();
        for (const { image, folder } of steps) {
          const key = `${folder} ${image}`;
          if (there.delete(key)) memory.remove(folder, image);
          else {
            there.set(key, { image, folder });
            memory.add(folder, image, vectorsOf(image));
          }
        }
        for (let image = 1; image <= 60; image++) {
          for (const folder of [1, 2]) {
            const found = memory
              .propose(folder, [vectorsOf(image).hash], [], 0)
              .some((candidate) => candidate.image === image);
            expect(found).toBe(there.has(`${folder} ${image}`));
          }
        }
      }),
      { numRuns: 30 },
    );
  });
});
