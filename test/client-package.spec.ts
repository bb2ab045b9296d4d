import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repositoryRoot } from '../server/paths.js';
import { fixturePath } from './fixtures.js';
import { startTestServer, type TestServer } from './server.js';

const execute = promisify(execFile);
let running: TestServer;
let folder: string;

beforeAll(async () => {
  running = await startTestServer();
  folder = await mkdtemp(join(tmpdir(), 'visiond-client-'));
});
afterAll(async () => {
  await running.close();
  await rm(folder, { recursive: true });
});

describe('the packed client', () => {
  it('works in a folder that has it and its two dependencies alone', async () => {
    await execute('npm', ['run', 'build', '--silent'], { cwd: join(repositoryRoot, 'client') });
    await execute('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: join(repositoryRoot, 'client') });
    const [archive = ''] = await readdir(folder);
    await execute('tar', ['-xzf', archive], { cwd: folder });
    const manifest: unknown = JSON.parse(await readFile(join(folder, 'package/package.json'), 'utf8'));
    expect(manifest).toMatchObject({ dependencies: { '@bufbuild/protobuf': expect.any(String), '@grpc/grpc-js': expect.any(String) } });
    await installInto(join(folder, 'node_modules'));
    const script = await readFile(join(repositoryRoot, 'examples/read-text.mjs'), 'utf8');
    await writeFile(join(folder, 'read-text.mjs'), script);
    const image = fixturePath('line-english.png');
    const { stdout } = await execute(process.execPath, ['read-text.mjs', image, running.endpoint], { cwd: folder });
    expect(stdout.trim()).toBe('Only one line of text here');
  });
});

/** Links the packed client and what it may depend on: nothing of the server can be reached from there. */
async function installInto(modules: string): Promise<void> {
  await mkdir(join(modules, '@visiond'), { recursive: true });
  await symlink(join(folder, 'package'), join(modules, '@visiond/client'));
  for (const name of ['@bufbuild/protobuf', '@grpc/grpc-js']) {
    const target = join(folder, 'package/node_modules', name);
    await mkdir(dirname(target), { recursive: true });
    await symlink(join(repositoryRoot, 'node_modules', name), target);
  }
}
