import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A disk of 4 MB that can be filled. */
export interface SmallDisk {
  readonly folder: string;
  /** Whether it is one: only root may mount it. */
  readonly mounted: boolean;
  fill(): void;
  /** Makes room again. */
  empty(): void;
  /** Makes it read-only, or writable again. Fails while a file on it is open for writing. */
  remount(mode: 'ro' | 'rw'): void;
  remove(): void;
}

export function mountSmallDisk(): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), 'visiond-disk-'));
  const ballast = join(folder, 'ballast');
  const mounted = mount(folder);
  return {
    folder,
    mounted,
    fill() {
      for (const size of [65_536, 4096, 512]) {
        try {
          for (;;) appendFileSync(ballast, Buffer.alloc(size));
        } catch {}
      }
    },
    empty: () => rmSync(ballast),
    remount: (mode) => void execFileSync('mount', ['-o', `remount,${mode}`, folder]),
    remove() {
      // Lazily: threads that ended leave files open until the process ends.
      if (mounted) execFileSync('umount', ['--lazy', folder]);
      rmSync(folder, { recursive: true });
    },
  };
}

function mount(folder: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
