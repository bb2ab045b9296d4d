import type { Writable } from 'node:stream';
import { lossyWriter } from './lossy-writer.js';

/** The server log. Never contains images or the text in them. */
export interface Log {
  info(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
}

/** One JSON object per line. Lines that a failing stream loses are counted and reported once it works again. */
export function createLog(stream: Writable): Log {
  const write = lossyWriter(stream, (lines) => entry('error', 'log lines dropped', { lines }));
  return {
    info: (message, fields = {}) => write(entry('info', message, fields)),
    error: (message, fields = {}) => write(entry('error', message, fields)),
  };
}

export const silentLog: Log = { info: () => {}, error: () => {} };

function entry(level: string, message: string, fields: Record<string, unknown>): string {
  const plain = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, describe(value)]));
  return `${JSON.stringify({ time: new Date().toISOString(), level, message, ...plain })}\n`;
}

function describe(value: unknown): unknown {
  return value instanceof Error ? (value.stack ?? value.message) : value;
}
