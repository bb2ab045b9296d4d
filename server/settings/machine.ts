import { readFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';

const mount = '/sys/fs/cgroup';

type ReadFile = (path: string) => string | undefined;

/** Cores that this process may use: of the machine, or fewer by the quotas of its control group and those above. */
export function availableCores(readGroupFiles = readOfGroups): number {
  const cores = availableParallelism();
  // Version 2 has both numbers in a file, version 1 has two files. Without a quota, they are "max" or -1.
  const [quotas, periods] = ['cpu.cfs_quota_us', 'cpu.cfs_period_us'].map(readGroupFiles);
  const limits = [
    ...readGroupFiles('cpu.max'),
    ...(quotas ?? []).map((quota, group) => `${quota} ${periods?.[group]}`),
  ];
  const shares = limits.map((limit) => {
    const [quota = 0, period = 0] = limit.trim().split(/\s+/).map(Number);
    return quota / period;
  });
  return Math.max(1, Math.min(cores, ...shares.filter((share) => share > 0).map(Math.ceil)));
}

/** Memory that this process may use, in bytes: of the machine, or less by the limits of its control group and those above. */
export function availableMemory(readGroupFiles = readOfGroups): number {
  const limits = [...readGroupFiles('memory.max'), ...readGroupFiles('memory.limit_in_bytes')].map(Number);
  return Math.min(totalmem(), ...limits.filter((limit) => limit > 0));
}

function readOfGroups(name: string): readonly string[] {
  return readGroupFilesIn(readIfThere, name);
}

/**
 * A file of the control group of this process and of all groups above it, the nearest first.
 * @param read returns the text of a file of the system, undefined if there is none
 */
export function readGroupFilesIn(read: ReadFile, name: string): readonly string[] {
  const controller = name.split('.')[0] ?? '';
  const texts: string[] = [];
  for (const [hierarchy, group] of groups(read)) {
    const folder = hierarchy === '' ? mount : join(mount, controller);
    if (hierarchy !== '' && !hierarchy.split(',').includes(controller)) continue;
    // In a container, the path may be that of the host, and the group is at the root.
    for (let path = group; ; path = join(path, '..')) {
      const text = read(join(folder, path, name));
      if (text !== undefined) texts.push(text);
      if (path === '/') break;
    }
  }
  return texts;
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
