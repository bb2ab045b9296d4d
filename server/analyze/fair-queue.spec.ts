import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FairQueue } from './fair-queue.js';

/** Serves everything, and returns the items in order. */
function serveAll(queue: FairQueue<string>): string[] {
  const served: string[] = [];
  for (;;) {
    const [first] = queue;
    if (first === undefined) return served;
    queue.take(first);
    served.push(first.item);
  }
}

describe('a fair queue', () => {
  it('serves a folder alone in the order of arrival', () => {
    const queue = new FairQueue<string>();
    for (const item of ['1', '2', '3']) queue.add('a', 5, item);
    expect([queue.length, queue.cost]).toEqual([3, 15]);
    expect(serveAll(queue)).toEqual(['1', '2', '3']);
    expect([queue.length, queue.cost]).toEqual([0, 0]);
  });

  it('serves folders in turns by cost, not by the number of items', () => {
    const queue = new FairQueue<string>();
    for (const item of ['a1', 'a2', 'a3']) queue.add('a', 30, item);
    for (const item of ['b1', 'b2', 'b3', 'b4', 'b5', 'b6']) queue.add('b', 10, item);
    expect(serveAll(queue)).toEqual(['a1', 'b1', 'b2', 'b3', 'a2', 'b4', 'b5', 'b6', 'a3']);
  });

  it('lets a folder that was idle in, and gives it nothing for the time before', () => {
    const queue = new FairQueue<string>();
    for (let item = 0; item < 6; item++) queue.add('a', 10, `a${item}`);
    for (let served = 0; served < 3; served++) queue.take([...queue][0]!);
    expect(queue.costBefore('b')).toBe(0);
    for (const item of ['b1', 'b2']) queue.add('b', 10, item);
    expect(queue.costBefore('b')).toBe(40);
    expect(serveAll(queue)).toEqual(['b1', 'a3', 'b2', 'a4', 'a5']);
  });

  it('knows what comes before a new item', () => {
    const queue = new FairQueue<string>();
    for (let item = 0; item < 4; item++) queue.add('a', 10, `a${item}`);
    expect([queue.costBefore('a'), queue.costBefore('b')]).toEqual([40, 10]);
  });

  it('forgets what is removed', () => {
    const queue = new FairQueue<string>();
    const entry = queue.add('a', 10, 'a');
    queue.add('b', 10, 'b');
    queue.remove(entry);
    queue.remove(entry);
    expect([queue.length, queue.cost, serveAll(queue)]).toEqual([1, 10, ['b']]);
  });

  it('takes nothing from a folder for items that are not served', () => {
    const queue = new FairQueue<string>();
    for (const item of ['b1', 'b2', 'b3']) queue.add('b', 10, item);
    const given = ['a1', 'a2', 'a3', 'a4'].map((item) => queue.add('a', 10, item));
    for (const entry of [given[0]!, given[2]!]) queue.remove(entry);
    expect([queue.length, queue.cost, queue.costBefore('a')]).toEqual([5, 50, 50]);
    expect(serveAll(queue)).toEqual(['b1', 'a2', 'b2', 'a4', 'b3']);
  });

  it('serves everything once, each folder in its order, and none twice its share ahead of another', () => {
    const item = fc.record({ folder: fc.constantFrom('a', 'b', 'c'), cost: fc.integer({ min: 1, max: 50 }) });
    fc.assert(
      fc.property(fc.array(item, { maxLength: 60 }), (items) => {
        const queue = new FairQueue<{ folder: string; cost: number; position: number }>();
        for (const [position, each] of items.entries()) queue.add(each.folder, each.cost, { ...each, position });
        const served = new Map<string, number>();
        const order: number[] = [];
        while (queue.length > 0) {
          const first = [...queue][0]!;
          const { folder, cost, position } = first.item;
          // Of two folders that wait, the one that is served is not ahead by more than the largest item.
          for (const { item: other } of queue) {
            expect(served.get(folder) ?? 0).toBeLessThanOrEqual((served.get(other.folder) ?? 0) + 50);
          }
          queue.take(first);
          served.set(folder, (served.get(folder) ?? 0) + cost);
          order.push(position);
        }
        expect(order.toSorted((a, b) => a - b)).toEqual(items.map((_, position) => position));
        for (const folder of ['a', 'b', 'c']) {
          const own = order.filter((position) => items[position]?.folder === folder);
          expect(own).toEqual(own.toSorted((a, b) => a - b));
        }
      }),
    );
  });
});
