import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { snippet, type SnippetCall } from '../page/src/analysis/snippets.js';
import { repositoryRoot } from '../server/paths.js';
import { startTestServer, type TestServer } from './server.js';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'visiond-snippets-'));
/** A name that every language has to quote. */
const fileName = `it's a "receipt".png`;
let running: TestServer;
let call: SnippetCall;

beforeAll(async () => {
  running = await startTestServer({ workers: '1', 'data-dir': join(folder, 'data') });
  copyFileSync(join(repositoryRoot, 'examples/sample.png'), join(folder, fileName));
  call = {
    base: `${running.origin}/`,
    fileName,
    features: [
      { type: 'TEXT_DETECTION', textDetectionConfig: { languageCodes: ['ru', 'en'], model: 'page' } },
      { type: 'CLASSIFICATION', classificationConfig: { model: 'quality' } },
    ],
    key: '',
    folder: '',
  };
});
afterAll(async () => {
  await running.close();
  rmSync(folder, { recursive: true });
});

/** Whether a program is there. Snippets in languages that this machine lacks are only printed. */
async function isInstalled(program: string): Promise<boolean> {
  return run(program, ['--version']).then(
    () => true,
    () => false,
  );
}

describe('the calls that the page shows, as a person pastes them', () => {
  it('run in a shell', async () => {
    const { stdout } = await run('bash', ['-c', snippet('curl', call)], { cwd: folder });
    expect(stdout).toMatch(/INVOICE[\s\S]*Хлеб[\s\S]*"probability"/);
  });

  it('run in Node.js', async () => {
    writeFileSync(join(folder, 'call.mjs'), snippet('TypeScript', call));
    const { stdout } = await run(process.execPath, ['call.mjs'], { cwd: folder });
    expect(stdout).toMatch(/INVOICE[\s\S]*Хлеб[\s\S]*"probability"/);
  });

  it('run in Python', async ({ skip }) => {
    if (!(await isInstalled('python3'))) skip();
    writeFileSync(join(folder, 'call.py'), snippet('Python', call));
    const { stdout } = await run('python3', ['call.py'], { cwd: folder });
    expect(stdout).toMatch(/INVOICE[\s\S]*Хлеб[\s\S]*"probability"/);
  });

  it('have for grpcurl what a gRPC server takes', async () => {
    // grpcurl is no npm package. buf reads the same JSON, by the same reflection.
    const buf = join(repositoryRoot, 'node_modules/.bin/buf');
    const command = snippet('grpcurl', call).replace(
      /grpcurl -plaintext -d @ \\\n {2}(\S+) (\S+)/,
      `${buf} curl --protocol grpc --http2-prior-knowledge -d @- http://$1/$2`,
    );
    expect(command).toContain('buf curl');
    const { stdout } = await run('bash', ['-c', command], { cwd: folder });
    expect(stdout).toMatch(/INVOICE[\s\S]*Хлеб[\s\S]*"probability"/);
  });
});
