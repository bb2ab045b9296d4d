import { execFile, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { repositoryRoot } from '../server/paths.js';

/** Whether a command is there and succeeds. */
export const works = (command: string, ...args: string[]): boolean => spawnSync(command, args).status === 0;

/** Where a command lies in PATH, or undefined. */
export const findCommand = (name: string): string | undefined =>
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((file) => works('test', '-x', file));

/** Whether Debian's protobuf-compiler and libprotobuf-dev are installed. */
export const hasProtoc =
  findCommand('protoc') !== undefined && existsSync('/usr/include/google/protobuf/descriptor.proto');

/** Compiles every file of proto/. `outputs` are options of protoc, such as `--java_out=FOLDER`. */
export async function compileProtos(outputs: readonly string[]): Promise<void> {
  const protos = readdirSync(join(repositoryRoot, 'proto'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.proto'),
  );
  await promisify(execFile)('protoc', ['-I', 'proto', ...outputs, ...protos], { cwd: repositoryRoot });
}
