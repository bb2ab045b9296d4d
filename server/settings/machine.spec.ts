import { availableParallelism, totalmem } from 'node:os';
import { describe, expect, it } from 'vitest';
import { availableCores, availableMemory, readGroupFilesIn } from './machine.js';

/** Reads the files of a control group that has these, and those of the group above. */
const groupWith =
  (files: Readonly<Record<string, string>>, above: Readonly<Record<string, string>> = {}) =>
  (name: string): readonly string[] =>
    [files[name], above[name]].filter((text) => text !== undefined);

/** Reads the files of control groups from a system that has these. */
function systemWith(files: Readonly<Record<string, string>>) {
  return (name: string): readonly string[] => readGroupFilesIn((path) => files[path], name);
}

describe('availableCores', () => {
  const all = availableParallelism();

  it.each([
    ['version 2, half a core', { 'cpu.max': '50000 100000\n' }, 1],
    ['version 2, a core and a bit', { 'cpu.max': '110000 100000\n' }, Math.min(2, all)],
    ['version 2, more than there are', { 'cpu.max': '100000000 100000\n' }, all],
    ['version 2, no quota', { 'cpu.max': 'max 100000\n' }, all],
    ['version 1, a core', { 'cpu.cfs_quota_us': '100000\n', 'cpu.cfs_period_us': '100000\n' }, 1],
    ['version 1, no quota', { 'cpu.cfs_quota_us': '-1\n', 'cpu.cfs_period_us': '100000\n' }, all],
    ['version 1, a quota without its period', { 'cpu.cfs_quota_us': '100000\n' }, all],
    ['no control groups', {}, all],
    ['nonsense', { 'cpu.max': '' }, all],
  ])('%s', (_, files, cores) => {
    expect(availableCores(groupWith(files))).toBe(cores);
  });
});

describe('availableMemory', () => {
  const all = totalmem();

  it.each([
    ['version 2', { 'memory.max': '268435456\n' }, 268_435_456],
    ['version 2, no limit', { 'memory.max': 'max\n' }, all],
    ['version 1', { 'memory.limit_in_bytes': '268435456\n' }, 268_435_456],
    ['version 1, no limit', { 'memory.limit_in_bytes': '9223372036854771712\n' }, all],
    ['no control groups', {}, all],
  ])('%s', (_, files, bytes) => {
    expect(availableMemory(groupWith(files))).toBe(bytes);
  });
});

describe('the tightest limit', () => {
  it('applies, of the own group or of one above', () => {
    const [tight, loose] = [
      { 'cpu.max': '100000 100000', 'memory.max': '268435456' },
      { 'cpu.max': 'max 100000', 'memory.max': 'max' },
    ];
    for (const read of [groupWith(tight, loose), groupWith(loose, tight)]) {
      expect([availableCores(read), availableMemory(read)]).toEqual([1, 268_435_456]);
    }
  });
});

describe('a control group', () => {
  it('of version 2 has its files in its folder, or in one above', () => {
    const nested = systemWith({
      '/proc/self/cgroup': '0::/pod/container\n',
      '/sys/fs/cgroup/pod/container/cpu.max': 'own',
      '/sys/fs/cgroup/pod/cpu.max': 'of the pod',
      '/sys/fs/cgroup/pod/memory.max': 'of the pod',
      '/sys/fs/cgroup/memory.max': 'of the root',
    });
    expect(['cpu.max', 'memory.max', 'pids.max'].map(nested)).toEqual([
      ['own', 'of the pod'],
      ['of the pod', 'of the root'],
      [],
    ]);
  });

  it('in a container may be at the root, whatever its path on the host', () => {
    const system = systemWith({
      '/proc/self/cgroup': '0::/../../host:path/container\n',
      '/sys/fs/cgroup/memory.max': 'of the container',
    });
    expect(system('memory.max')).toEqual(['of the container']);
  });

  it('of version 1 is one of several, by their controllers', () => {
    const system = systemWith({
      '/proc/self/cgroup': '5:cpu,cpuacct:/a\n4:memory:/b\n1:name=systemd:/c\n0::/d\n',
      '/sys/fs/cgroup/cpu/a/cpu.cfs_quota_us': 'of a',
      '/sys/fs/cgroup/memory/b/memory.limit_in_bytes': 'of b',
      '/sys/fs/cgroup/memory/a/memory.limit_in_bytes': 'of another',
    });
    expect(['cpu.cfs_quota_us', 'memory.limit_in_bytes', 'cpu.max'].map(system)).toEqual([['of a'], ['of b'], []]);
  });

  it('is none where the system has none', () => {
    expect(systemWith({})('cpu.max')).toEqual([]);
  });
});
