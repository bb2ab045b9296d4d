import type { LogEvent, StatusEvent, TroubleEvent } from '../../gen/visiond/engine/v1/engine.js';
import type { EngineStatus } from '../analyze/engine.js';
import type { Log } from '../telemetry/log.js';
import { engineParts, type EnginePart, type Trouble } from '../telemetry/readiness.js';

/** Writes a line of an engine process to the log. */
export function logLine(log: Log, { level, text, fields }: LogEvent): void {
  const parsed: unknown = JSON.parse(fields);
  const plain = typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
  const known = levels.find((each) => each === level) ?? 'info';
  log[known](text, plain);
}

const levels = ['debug', 'info', 'warn', 'error'] as const satisfies ReadonlyArray<keyof Log>;

/** @throws Error if the part is unknown */
export function troubleOf({ part, down, sentence, cause }: TroubleEvent): {
  readonly part: EnginePart;
  readonly trouble: Trouble | undefined;
} {
  const known = engineParts.find((each) => each === part);
  if (known === undefined) throw new Error(`Unknown part ${part}`);
  if (sentence === '') return { part: known, trouble: undefined };
  return { part: known, trouble: { severity: down ? 'down' : 'degraded', sentence, ...(cause !== '' && { cause }) } };
}

export function statusOf({ residentBytes, indexImages, indexMemoryBytes, ...counts }: StatusEvent): EngineStatus {
  return {
    ...counts,
    residentBytes: Number(residentBytes),
    indexImages: Number(indexImages),
    indexMemoryBytes: Number(indexMemoryBytes),
  };
}
