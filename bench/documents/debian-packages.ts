import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repositoryRoot } from '../../server/paths.js';

/** Where the packages lie unpacked, each in a folder `NAME_VERSION`. Nothing of them is installed. */
const packagesFolder = join(repositoryRoot, 'data', 'debian');

/** A command of a package that need not be installed. Returns what it prints. */
export type Command = (name: string, args: readonly string[]) => Promise<string>;

/**
 * Downloads a package from the registry that apt is set up for, and unpacks it where that has not been done yet.
 *
 * @param version as apt names it; undefined for the one that apt would install
 * @returns the folder that stands for the root of the file system
 */
export function unpackedPackage(name: string, version?: string): string {
  const folder = join(packagesFolder, version === undefined ? name : `${name}_${version}`);
  if (existsSync(folder)) return folder;
  const temporary = `${folder}.part`;
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(temporary, { recursive: true });
  process.stderr.write(`Downloading ${name} ${version ?? ''} ...\n`);
  apt(['download', version === undefined ? name : `${name}=${version}`], temporary);
  const file = readdirSync(temporary).find((each) => each.endsWith('.deb'));
  if (file === undefined) throw new Error(`apt-get downloaded no file for ${name}`);
  execFileSync('dpkg-deb', ['-x', file, 'root'], { cwd: temporary });
  renameSync(join(temporary, 'root'), folder);
  rmSync(temporary, { recursive: true });
  return folder;
}

/** Commands of a package: those that are installed, or those of the package with the libraries that this system lacks. */
export function commandsOf(packageName: string, probe: string): Command {
  const runWith =
    (pathOf: (name: string) => string, env: NodeJS.ProcessEnv): Command =>
    async (name, args) =>
      (await promisify(execFile)(pathOf(name), [...args], { maxBuffer: 256 * 1024 * 1024, env })).stdout;
  if (spawnSync(probe, ['-v']).status === 0) return runWith((name) => name, process.env);
  const plan = apt(['install', '--simulate', '--no-install-recommends', '-y', packageName]).toString();
  const missing = [...plan.matchAll(/^Inst (\S+) /gm)].map(([, name = '']) => name);
  const folders = [...new Set([packageName, ...missing])].map((name) => unpackedPackage(name));
  const libraries = folders
    .map((folder) => join(folder, 'usr', 'lib'))
    .filter(existsSync)
    .flatMap((folder) =>
      readdirSync(folder)
        .filter((name) => name.endsWith('-linux-gnu'))
        .map((name) => join(folder, name)),
    );
  const binaries = join(folders[0]!, 'usr', 'bin');
  return runWith((name) => join(binaries, name), { ...process.env, LD_LIBRARY_PATH: libraries.join(':') });
}

function apt(args: readonly string[], cwd = '.'): Buffer {
  try {
    return execFileSync('apt-get', ['-q', ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    throw new Error(`apt-get ${args.join(' ')} failed; pages are built from packages of Debian 12 or later.`, {
      cause: error,
    });
  }
}
