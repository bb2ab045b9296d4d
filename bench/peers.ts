import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../server/paths.js';

/** Where the packages lie that benchmarks compare with. */
export const peersFolder = join(repositoryRoot, 'bench', 'peers');

/** Installs them where they are missing. */
export function installPeers(): void {
  if (existsSync(join(peersFolder, 'node_modules'))) return;
  process.stderr.write('Installing the packages to compare with ...\n');
  execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--workspaces=false', '--ignore-scripts'], {
    cwd: peersFolder,
    stdio: 'inherit',
  });
}
