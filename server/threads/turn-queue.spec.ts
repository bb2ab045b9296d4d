import { describe, expect, it } from 'vitest';
import { TurnQueue } from './turn-queue.js';

const [huge, small, other] = [{}, {}, {}];

function takeAll(queue: TurnQueue<string>): string[] {
  const taken: string[] = [];
  for (let item = queue.take(); item !== undefined; item = queue.take()) taken.push(item);
  return taken;
}

describe('TurnQueue', () => {
  it('keeps the order of a single key', () => {
    const queue = new TurnQueue<string>();
    for (const item of ['a', 'b', 'c']) queue.add(huge, item);
    expect(queue.size).toBe(3);
    expect(takeAll(queue)).toEqual(['a', 'b', 'c']);
    expect(queue.size).toBe(0);
  });

  it('takes turns between keys', () => {
    const queue = new TurnQueue<string>();
    for (const item of ['h1', 'h2', 'h3', 'h4']) queue.add(huge, item);
    for (const item of ['s1', 's2']) queue.add(small, item);
    queue.add(other, 'o1');
    expect(takeAll(queue)).toEqual(['h1', 's1', 'o1', 'h2', 's2', 'h3', 'h4']);
  });

  it('gives a key that comes later its turn before the one that was served last', () => {
    const queue = new TurnQueue<string>();
    for (const item of ['h1', 'h2', 'h3']) queue.add(huge, item);
    expect(queue.take()).toBe('h1');
    queue.add(small, 's1');
    queue.add(other, 'o1');
    expect(takeAll(queue)).toEqual(['s1', 'o1', 'h2', 'h3']);
  });

  it('lets no stream of new keys starve an old one', () => {
    const queue = new TurnQueue<string>();
    for (const item of ['h1', 'h2', 'h3']) queue.add(huge, item);
    const taken: Array<string | undefined> = [];
    for (let index = 0; index < 6; index++) {
      queue.add({}, `n${index}`);
      taken.push(queue.take());
    }
    expect(taken).toContain('h2');
  });

  it('takes only what fits, and keeps the turn of a key that has nothing', () => {
    const queue = new TurnQueue<string>();
    for (const item of ['large 1', 'large 2']) queue.add(huge, item);
    for (const item of ['large 3', 's1', 's2']) queue.add(small, item);
    const isSmall = (item: string): boolean => item.startsWith('s');
    expect([queue.take(isSmall), queue.take(isSmall), queue.take(isSmall)]).toEqual(['s1', 's2', undefined]);
    expect(takeAll(queue)).toEqual(['large 1', 'large 3', 'large 2']);
  });

  it('forgets what is deleted, and what it never had', () => {
    const queue = new TurnQueue<string>();
    queue.add(huge, 'h1');
    queue.add(small, 's1');
    queue.delete(huge, 'h1');
    queue.delete(huge, 'h1');
    queue.delete(other, 'o1');
    expect(queue.size).toBe(1);
    expect(takeAll(queue)).toEqual(['s1']);
  });

  it('gives up everything at once', () => {
    const queue = new TurnQueue<string>();
    queue.add(huge, 'h1');
    queue.add(small, 's1');
    expect(queue.drain()).toEqual(['h1', 's1']);
    expect([queue.size, queue.take()]).toEqual([0, undefined]);
  });
});
