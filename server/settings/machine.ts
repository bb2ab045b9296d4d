import { readFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';

const mount = '/sys/fs/cgroup';

type ReadFile = (path: string) => string | undefined;

/** Cores that this process may use: of the machine, or fewer by the quota of its control group. */
export function availableCores(readGroupFile = readOfGroup): number {
  const cores = availableParallelism();
  // Version 2 has both numbers in a file, version 1 has two files. Without a quota, they are "max" or -1.
  const [quota, period] = (
    readGroupFile('cpu.max') ?? `${readGroupFile('cpu.cfs_quota_us')} ${readGroupFile('cpu.cfs_period_us')}`
  )
    .trim()
    .split(' ')
    .map(Number);
  const share = (quota ?? 0) / (period ?? 0);
  return share > 0 ? Math.max(1, Math.min(cores, Math.ceil(share))) : cores;
}

/** Memory that this process may use, in bytes: of the machine, or less by the limit of its control group. */
export function availableMemory(readGroupFile = readOfGroup): number {
  const limit = Number(readGroupFile('memory.max') ?? readGroupFile('memory.limit_in_bytes'));
  return limit > 0 ? Math.min(totalmem(), limit) : totalmem();
}

function readOfGroup(name: string): string | undefined {
  return readGroupFileIn(readIfThere, name);
}

/**
 * A file of the control group of this process, or of the nearest group above that has it.
 * @param read returns the text of a file of the system, undefined if there is none
 */
export function readGroupFileIn(read: ReadFile, name: string): string | undefined {
  const controller = name.split('.')[0] ?? '';
  for (const [hierarchy, group] of groups(read)) {
    const folder = hierarchy === '' ? mount : join(mount, controller);
    if (hierarchy !== '' && !hierarchy.split(',').includes(controller)) continue;
    // In a container, the path may be that of the host, and the group is at the root.
    for (let path = group; ; path = join(path, '..')) {
      const text = read(join(folder, path, name));
      if (text !== undefined) return text;
      if (path === '/') break;
    }
  }
  return undefined;
}

/** Hierarchy (empty in version 2) and path of the groups of this process. */
function groups(read: ReadFile): ReadonlyArray<readonly [hierarchy: string, path: string]> {
  const lines = read('/proc/self/cgroup')?.trim().split('\n') ?? [];
  return lines.map((line) => {
    const [, hierarchy = '', ...path] = line.split(':');
    return [hierarchy, path.join(':') || '/'] as const;
  });
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
