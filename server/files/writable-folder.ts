import { existsSync } from 'node:fs';
import { access, constants, mkdir, mkdtemp, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { privateFolder } from '../paths.js';
import { ConfigError } from '../settings/config-error.js';
import { fileProblem } from './file-problem.js';

/**
 * Creates a folder if it is missing, and checks that this process may write to it.
 * @param option how to choose another folder
 * @param use `read` if an existing folder may be read-only
 * @throws ConfigError that names the folder, the reason and the option
 */
export async function prepareFolder(
  name: string,
  folder: string,
  option: string,
  use: 'read' | 'write' = 'write',
): Promise<void> {
  const problem = await problemWith(folder, use);
  if (problem !== undefined) {
    throw new ConfigError(`The ${name} ${folder} cannot be used: ${problem}. Choose another with ${option}.`);
  }
}

async function problemWith(folder: string, use: 'read' | 'write'): Promise<string | undefined> {
  try {
    await makeFolder(folder);
    if (!(await stat(folder)).isDirectory()) return 'it is a file';
    await tryWriting(folder).catch(async (error: unknown) => {
      if (use === 'write' || !isReadOnly(error)) throw error;
      await access(folder, constants.R_OK | constants.X_OK);
    });
    return undefined;
  } catch (error) {
    if (isCode(error, 'ENOENT')) return 'nothing can be created there';
    return fileProblem(error)?.reason ?? String(error);
  }
}

/** Only trying tells: modes do not bind root, and some file systems refuse writes whatever the modes are. */
async function tryWriting(folder: string): Promise<void> {
  await rmdir(await mkdtemp(join(folder, '.writable-')));
}

/** In Node 20, recursive `mkdir` never returns if the kernel rejects a name, as it does below /proc. */
async function makeFolder(folder: string): Promise<void> {
  if (existsSync(folder)) return;
  if (dirname(folder) !== folder) await makeFolder(dirname(folder));
  try {
    await mkdir(folder, privateFolder.mode);
  } catch (error) {
    // Another process may have created it meanwhile.
    if (!isCode(error, 'EEXIST')) throw error;
  }
}

function isReadOnly(error: unknown): boolean {
  return ['EROFS', 'EACCES', 'EPERM'].some((code) => isCode(error, code));
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
