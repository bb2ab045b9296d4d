import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** Clock ticks a second, the same on every Linux that Node runs on. */
const ticks = 100;

/**
 * Resident memory of a process and its children now, and the highest of each so far, in MB. Pages that they share count
 * for each. Linux only, elsewhere 0.
 */
export function memoryOf(pid: number | undefined): { resident: number; peak: number } {
  const sum = (field: string): number => familyOf(pid).reduce((total, each) => total + statusMb(each, field), 0);
  return { resident: sum('VmRSS'), peak: sum('VmHWM') };
}

/** Processor seconds that a process and its children have used. Linux only, elsewhere 0. */
export function cpuSecondsOf(pid: number | undefined): number {
  return familyOf(pid).reduce((total, each) => total + ownCpuSecondsOf(each), 0);
}

/** Children of a process. Linux only, elsewhere none. */
export function childrenOf(pid: number | undefined): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((each) => new RegExp(`^PPid:\\s+${pid}$`, 'm').test(readProc(each, 'status')));
}

function familyOf(pid: number | undefined): number[] {
  if (pid === undefined || !existsSync('/proc/self/status')) return [];
  return [pid, ...childrenOf(pid)];
}

function ownCpuSecondsOf(pid: number): number {
  // The name of the process is in brackets and may hold spaces: the fields are counted from behind it.
  const fields = readProc(pid, 'stat').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / ticks;
}

function statusMb(pid: number | undefined, field: string): number {
  const match = new RegExp(`${field}:\\s+(\\d+) kB`).exec(readProc(pid, 'status'));
  return Math.round(Number(match?.[1] ?? 0) / 1024);
}

function readProc(pid: number | undefined, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
