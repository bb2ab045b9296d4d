import { call, send, type Access } from './call.js';
import { listOf, recordOf, textOf } from './json.js';
import { CallError, problemOf } from './problem.js';

/** How the server is. */
export interface ServerState {
  readonly ready: boolean;
  /** Why it is not ready: a sentence of the server, empty if it is. */
  readonly reason: string;
  readonly warnings: readonly string[];
}

/** Figures of the server. Undefined where it does not tell them. */
export interface ServerFigures {
  readonly version: string | undefined;
  readonly queuedImages: number | undefined;
  readonly busyWorkers: number | undefined;
  readonly idleWorkers: number | undefined;
  readonly stoppedWorkers: number | undefined;
  readonly readyModels: number | undefined;
  readonly unusableModels: number | undefined;
  readonly analyzedImages: number | undefined;
  readonly indexedImages: number | undefined;
  readonly engineBytes: number | undefined;
  readonly startedAt: Date | undefined;
}

const nobody: Access = { key: '', folder: '' };

/** @throws CallError if there is no answer. */
export async function readState(): Promise<ServerState> {
  const response = await send('/readyz', nobody, {});
  const state = recordOf(await response.json().catch(() => undefined));
  return { ready: response.ok, reason: textOf(state['reason']), warnings: listOf(state['warnings']).map(textOf) };
}

/** @throws CallError if they are not for the caller */
export async function readFigures(access: Access): Promise<ServerFigures> {
  const response = await send('/metrics', access, {});
  if (!response.ok) throw new CallError(problemOf(await response.json().catch(() => undefined)));
  return figuresOf(await response.text());
}

/** The version as the description of the API names it, which everyone may read. */
export async function readVersion(): Promise<string> {
  return textOf(recordOf(recordOf(await call('/openapi.json', nobody))['info'])['version']);
}

/** Reads Prometheus's text format. */
export function figuresOf(metrics: string): ServerFigures {
  const samples = metrics.split('\n').flatMap((line) => {
    const [, name, labels = '', value] = /^(\w+)(?:\{(.*)\})? (\S+)/.exec(line) ?? [];
    return name === undefined ? [] : [{ name, labels, value: Number(value) }];
  });
  const sum = (name: string, label = ''): number | undefined => {
    const found = samples.filter((sample) => sample.name === name && sample.labels.includes(label));
    return found.length === 0 ? undefined : found.reduce((total, { value }) => total + value, 0);
  };
  const started = sum('process_start_time_seconds');
  const build = samples.find(({ name }) => name === 'visiond_build_info')?.labels ?? '';
  return {
    version: /version="([^"]*)"/.exec(build)?.[1],
    queuedImages: sum('visiond_queue_images'),
    busyWorkers: sum('visiond_workers', 'state="busy"'),
    idleWorkers: sum('visiond_workers', 'state="idle"'),
    stoppedWorkers: sum('visiond_workers', 'state="stopped"'),
    readyModels: sum('visiond_models', 'state="ready"'),
    unusableModels: sum('visiond_models', 'state="unusable"'),
    analyzedImages: sum('visiond_images_total'),
    indexedImages: sum('visiond_index_images'),
    engineBytes: sum('visiond_engine_resident_bytes'),
    startedAt: started === undefined ? undefined : new Date(started * 1000),
  };
}
