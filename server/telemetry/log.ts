import type { Writable } from 'node:stream';
import { pino } from 'pino';
import { lossyWriter } from './lossy-writer.js';
import { prettyLine } from './pretty-line.js';
import { redact, redactText } from './redact.js';

/** The server log. Never contains images or the text in them. */
export interface Log {
  debug(message: string, fields?: Record<string, unknown>): void;
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
}

export interface LogOptions {
  /** Least severe level that is written. */
  readonly level?: keyof Log;
  /** `json`: one object per line. `pretty`: for people. */
  readonly format?: 'json' | 'pretty';
}

/** Writes to a stream. Lines that a failing or slow stream loses are counted and reported once it works again. */
export function createLog(stream: Writable, { level = 'info', format = 'json' }: LogOptions = {}): Log {
  const inColor = 'isTTY' in stream && stream.isTTY === true;
  const print = (json: string): string => (format === 'pretty' ? prettyLine(json, inColor) : json);
  const write = lossyWriter(stream, (lines) => {
    let notice = '';
    createLogger('error', (json) => (notice = print(json))).error({ lines }, 'log lines dropped');
    return notice;
  });
  const logger = createLogger(level, (json) => write(print(json)));
  return {
    debug: (message, fields = {}) => logger.debug(fields, message),
    info: (message, fields = {}) => logger.info(fields, message),
    warn: (message, fields = {}) => logger.warn(fields, message),
    error: (message, fields = {}) => logger.error(fields, message),
  };
}

export const silentLog: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** pino writes to whatever has a `write`: in this thread, unless it is given one of its transports. */
function createLogger(level: keyof Log, write: (line: string) => void): pino.Logger {
  const options: pino.LoggerOptions = {
    level,
    base: null,
    messageKey: 'message',
    timestamp: pino.stdTimeFunctions.isoTime,
    // pino's own redaction needs the path of every secret, and stops at the depth of its wildcards.
    formatters: { level: (label) => ({ level: label }), log: redact },
    serializers: { message: redactText },
  };
  return pino(options, { write });
}
