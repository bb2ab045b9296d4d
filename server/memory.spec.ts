import { describe, expect, it } from 'vitest';
import { readConfig } from './config.js';
import { divideMemory } from './memory.js';

const gigabyte = 2 ** 30;
const megabyte = 2 ** 20;

/** Megabytes for bodies and for the engine. */
function divide(flags: Record<string, string>, available = 64 * gigabyte): number[] {
  const { bodies, engine } = divideMemory(readConfig(flags, {}), available);
  return [bodies, engine].map((bytes) => Math.round(bytes / megabyte));
}

describe('the memory of a server', () => {
  it('is divided between bodies and the engine, but for what the server itself takes', () => {
    expect(divide({ memory: '10G' })).toEqual([1536, 8448]);
    expect(divide({ memory: '1G' })).toEqual([256, 512]);
  });

  it('is that of the machine or the container by default', () => {
    expect(divide({}, 10 * gigabyte)).toEqual(divide({ memory: '10G' }));
  });

  it('has room for a largest request and for the models, however little there is', () => {
    expect(divide({}, 100 * megabyte)).toEqual([256, 512]);
    expect(() => readConfig({ memory: '1023M' }, {})).toThrow('must be at least 1G');
  });
});
