import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repositoryRoot } from '../server/paths.js';
import { fixturePath } from './fixtures.js';
import { compileProtos, findCommand, hasProtoc, works } from './protoc.js';
import { startTestServer, type TestServer } from './server.js';

const execute = promisify(execFile);
// Debian's packages belong to Debian's Python, which need not be the first one in PATH.
const python = ['python3', '/usr/bin/python3'].find((command) => works(command, '-c', 'import grpc, google.protobuf'));
const plugin = findCommand('grpc_python_plugin');
const hasTools = python !== undefined && plugin !== undefined && hasProtoc;

// Skipped where python3-grpcio, python3-protobuf, protobuf-compiler, protobuf-compiler-grpc and
// libprotobuf-dev are not installed.
describe.skipIf(!hasTools)('a Python client that is generated from proto/', () => {
  const generated = mkdtempSync(join(tmpdir(), 'visiond-python-'));
  let running: TestServer;

  beforeAll(async () => {
    await compileProtos([
      `--python_out=${generated}`,
      `--grpc_python_out=${generated}`,
      `--plugin=protoc-gen-grpc_python=${plugin}`,
    ]);
    running = await startTestServer({ workers: '1' });
  });
  afterAll(async () => {
    await running.close();
    rmSync(generated, { recursive: true });
  });

  const read = (...files: string[]) =>
    execute(python ?? '', ['examples/read_text.py', running.endpoint, ...files], {
      cwd: repositoryRoot,
      env: { ...process.env, PYTHONPATH: generated },
    });

  it('reads text', async () => {
    expect((await read(fixturePath('line-english.png'))).stdout).toBe('Only one line of text here\n');
  });

  it('tells the error of a file', async () => {
    await expect(read('package.json')).rejects.toMatchObject({
      stderr: expect.stringContaining("package.json: Can't decode Image"),
    });
  });
});
