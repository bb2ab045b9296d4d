import type { Config } from './config.js';
import { availableMemory } from './settings/machine.js';

/** What the parts of a server may take, in bytes. */
export interface Memory {
  /** Bodies of requests, until their calls are over. */
  readonly bodies: number;
  /** The process that analyzes images: models, decoded pixels, the vectors of the index. */
  readonly engine: number;
}

/** What the process that serves the network takes besides the bodies. */
const serverBytes = 256 * 2 ** 20;
/** One of the largest requests at a time, and many small ones. */
const minBodyBytes = 256 * 2 ** 20;
const bodyShare = 0.15;
/** Models alone take about this. */
const minEngineBytes = 512 * 2 ** 20;

/** Divides the memory of the setting, or what the machine or the container has. */
export function divideMemory({ memory }: Config, available = availableMemory()): Memory {
  const all = memory ?? available;
  const bodies = Math.max(minBodyBytes, Math.floor(bodyShare * all));
  return { bodies, engine: Math.max(minEngineBytes, all - bodies - serverBytes) };
}
