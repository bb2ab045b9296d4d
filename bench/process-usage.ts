import { readFileSync } from 'node:fs';

/** Clock ticks a second, the same on every Linux that Node runs on. */
const ticks = 100;

/** Resident memory of a process now, and its highest so far, in MB. Linux only, elsewhere 0. */
export function memoryOf(pid: number | undefined): { resident: number; peak: number } {
  return { resident: statusMb(pid, 'VmRSS'), peak: statusMb(pid, 'VmHWM') };
}

/** Processor seconds that a process has used. Linux only, elsewhere 0. */
export function cpuSecondsOf(pid: number | undefined): number {
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
