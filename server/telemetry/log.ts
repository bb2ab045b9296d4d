/** Writes what happened. Never the content of an image or the text in it. */
export interface Log {
  info(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
}

/** One JSON object a line. */
export function createLog(write: (line: string) => void): Log {
  const at =
    (level: string) =>
    (message: string, fields: Record<string, unknown> = {}): void => {
      const plain = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, describe(value)]));
      write(`${JSON.stringify({ time: new Date().toISOString(), level, message, ...plain })}\n`);
    };
  return { info: at('info'), error: at('error') };
}

export const silentLog: Log = { info: () => {}, error: () => {} };

function describe(value: unknown): unknown {
  return value instanceof Error ? (value.stack ?? value.message) : value;
}
