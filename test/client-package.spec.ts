import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repositoryRoot } from '../server/paths.js';
import { fixturePath } from './fixtures.js';
import { npmEnvironment, partialClone } from './partial-clone.js';
import { startTestServer, type TestServer } from './server.js';

const execute = promisify(execFile);
const compiler = join(repositoryRoot, 'node_modules/typescript/bin/tsc');
const text = 'Only one line of text here\n';
let running: TestServer;
let folder: string;
let archive: string;
/** Folder of the client, in a clone that was never built. */
let clientFolder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'visiond-client-'));
  running = await startTestServer({ 'data-dir': folder });
  clientFolder = join(partialClone(['client', 'gen']), 'client');
  await execute('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: clientFolder, env: npmEnvironment });
  archive = join(folder, (await readdir(folder)).find((name) => name.endsWith('.tgz')) ?? '');
});
afterAll(async () => {
  await running.close();
  await rm(folder, { recursive: true });
  await rm(join(clientFolder, '..'), { recursive: true });
});

/** An empty project that has installed the package, and an image to read. */
async function project(name: string, manifest: Readonly<Record<string, unknown>>): Promise<string> {
  const home = join(folder, name);
  await mkdir(home);
  await writeFile(join(home, 'package.json'), JSON.stringify({ private: true, ...manifest }));
  await execute('npm', ['install', archive, '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts'], {
    cwd: home,
    env: npmEnvironment,
  });
  for (const image of ['photo.png', 'suspect.png']) await copyFile(fixturePath('line-english.png'), join(home, image));
  await writeFile(join(home, 'notes.txt'), 'no image');
  return home;
}

describe('the packed client', () => {
  it('holds what it needs and nothing else', async () => {
    const { stdout } = await execute('tar', ['-tzf', archive]);
    const files = stdout
      .trim()
      .split('\n')
      .map((file) => file.replace('package/', ''));
    expect(files).toEqual(expect.arrayContaining(['README.md', 'LICENSE', 'package.json']));
    for (const build of ['esm', 'cjs']) {
      const kinds = ['js', 'js.map', 'd.ts'].flatMap((ending) => [`index.${ending}`, `index-fetch.${ending}`]);
      expect(files).toEqual(expect.arrayContaining(kinds.map((file) => `dist/${build}/client/${file}`)));
    }
    expect(files.filter((file) => /server|descriptor-set|\bspec\b|(?<!\.d)\.ts$/.test(file))).toEqual([]);
    expect(await readFile(join(clientFolder, 'LICENSE'), 'utf8')).toBe(
      await readFile(join(repositoryRoot, 'LICENSE'), 'utf8'),
    );
  });

  it('brings its sources along in its maps', async () => {
    for (const build of ['esm', 'cjs']) {
      const map: unknown = JSON.parse(await readFile(join(clientFolder, `dist/${build}/client/index.js.map`), 'utf8'));
      expect(map).toMatchObject({ sourcesContent: [await readFile(join(clientFolder, 'index.ts'), 'utf8')] });
    }
  });

  it('is there for import', async () => {
    const home = await project('esm', { type: 'module' });
    await copyFile(join(repositoryRoot, 'examples/read-text.mjs'), join(home, 'read-text.mjs'));
    const { stdout } = await execute(process.execPath, ['read-text.mjs', 'photo.png', running.endpoint], { cwd: home });
    expect(stdout).toBe(text);
  });

  it('is there for require', async () => {
    const home = await project('cjs', {});
    const script = `
      const { createVisionClient, textDetection, VisionFileError } = require('@visiond/client');
      const { readFileSync } = require('node:fs');
      const client = createVisionClient({ endpoint: '${running.endpoint}' });
      client.analyze(readFileSync('photo.png'), [textDetection()])
        .then(([{ feature }]) => console.log(feature.value.pages[0].blocks[0].lines[0].words.map(({ text }) => text).join(' ')))
        .then(() => client.analyze(readFileSync('notes.txt'), [textDetection()]))
        .catch((error) => console.log(error instanceof VisionFileError, error.code))
        .finally(() => client.close());`;
    await writeFile(join(home, 'read-text.js'), script);
    expect((await execute(process.execPath, ['read-text.js'], { cwd: home })).stdout).toBe(`${text}true 3\n`);
  });

  it('has an entry over fetch for other runtimes, for import and require', async () => {
    const home = await project('fetch', {});
    const use = `
      const client = createVisionClient({ endpoint: '${running.origin}' });
      client.text(new Blob([readFileSync('photo.png')])).then(console.log);`;
    const files = {
      'imports.mjs': `import { createVisionClient } from '@visiond/client'; import { readFileSync } from 'node:fs'; ${use}`,
      'requires.cjs': `const { createVisionClient } = require('@visiond/client'); const { readFileSync } = require('node:fs'); ${use}`,
    };
    for (const [name, code] of Object.entries(files)) {
      await writeFile(join(home, name), code);
      for (const runtime of ['deno', 'bun', 'worker', 'workerd', 'edge-light', 'browser']) {
        const ran = await execute(process.execPath, ['--conditions', runtime, name], { cwd: home });
        expect([runtime, ran.stdout]).toEqual([runtime, text]);
      }
    }
  });

  it('is small in a browser, and needs nothing of Node.js, neither in its code nor in its types', async () => {
    const home = await project('vite', { type: 'module' });
    const code = `
      import { createVisionClient } from '@visiond/client';
      export async function read(endpoint: string, image: Blob): Promise<[string, number]> {
        const { text, faces } = await createVisionClient({ endpoint }).analyze(image, { text: ['en'], faces: true });
        return [text.text, faces.length];
      }`;
    await writeFile(join(home, 'main.ts'), code);
    const options = ['--noEmit', '--strict', '--skipLibCheck', 'false', '--types', ''];
    const resolution = ['--module', 'esnext', '--moduleResolution', 'bundler', '--target', 'es2022'];
    const complaints = await execute(process.execPath, [compiler, ...options, ...resolution, 'main.ts'], {
      cwd: home,
    }).catch((error: { stdout: string }) => error);
    expect(complaints.stdout).toBe('');

    await writeFile(
      join(home, 'vite.config.mjs'),
      `export default { logLevel: 'warn', build: { minify: true, lib: { entry: 'main.ts', formats: ['iife'], name: 'page', fileName: 'main' } } };`,
    );
    const vite = join(repositoryRoot, 'node_modules/vite/bin/vite.js');
    const { stdout, stderr } = await execute(process.execPath, [vite, 'build'], { cwd: home });
    expect(stdout + stderr).not.toMatch(/externalized|warn/i);
    const bundle = await readFile(join(home, 'dist/main.iife.js'));
    expect(bundle.toString()).not.toMatch(/grpc|\bBuffer\b|node:|protobuf|require\(/);
    expect(gzipSync(bundle).length).toBeLessThan(40_000);

    // A world that has what browsers have, and nothing of Node.js.
    const page = `
      import { readFileSync } from 'node:fs';
      import { runInNewContext } from 'node:vm';
      const world = { AbortController, Blob, ReadableStream, URL, btoa, clearTimeout, fetch, performance, setTimeout };
      const { read } = runInNewContext(readFileSync('dist/main.iife.js', 'utf8') + ';page', world);
      console.log(JSON.stringify(await read('${running.origin}', new Blob([readFileSync('photo.png')]))));`;
    await writeFile(join(home, 'page.mjs'), page);
    expect((await execute(process.execPath, ['page.mjs'], { cwd: home })).stdout).toBe(`["${text.trim()}",0]\n`);
  });

  it.each(['nodenext', 'node16'])('has types for module %s, and examples that work', async (module) => {
    const home = await project(module, { type: 'module' });
    const pages = await Promise.all(
      ['client/README.md', 'README.md', 'docs/copy-search.md'].map((page) =>
        readFile(join(repositoryRoot, page), 'utf8'),
      ),
    );
    const examples = [...pages.join('\n').matchAll(/```ts\n([\s\S]*?)```/g)];
    const names = ['read', 'features', 'many', 'errors', 'fetch', 'keys', 'raw', 'copies', 'first', 'corpus'];
    expect(examples).toHaveLength(names.length);
    for (const [index, [, code = '']] of examples.entries()) {
      await writeFile(join(home, `${names[index]}.ts`), code.replaceAll('127.0.0.1:8080', running.endpoint));
    }
    await writeFile(
      join(home, 'required.cts'),
      `import client = require('@visiond/client');\nexport const code: number = new client.VisionCallError({ code: 3, message: '' }).code;\n`,
    );
    const options = [
      '--module',
      module,
      '--target',
      'es2022',
      '--strict',
      '--exactOptionalPropertyTypes',
      '--skipLibCheck',
      'false',
      '--types',
      'node',
    ];
    const files = [...names.map((name) => `${name}.ts`), 'required.cts'];
    const complaints = await execute(process.execPath, [compiler, ...options, ...files], { cwd: home }).catch(
      (error: { stdout: string }) => error,
    );
    expect(complaints.stdout).toBe('');
    const run = (name: string) => execute(process.execPath, [`${name}.js`], { cwd: home });
    expect((await run('read')).stdout).toBe(text);
    expect((await run('features')).stdout).toMatch(/^Only one line of text here 0\.\d+ \{[^}]*\}\n0 faces \{/);
    expect((await run('many')).stdout).toBe(`photo.png ${text}suspect.png ${text}`);
    expect((await run('errors')).stderr).toMatch(/^VisionFileError INVALID_ARGUMENT NOT_AN_IMAGE: .*\n$/);
    expect((await run('raw')).stdout).toBe('1\n');
    await writeFile(
      join(home, 'reads-file.js'),
      `import { File } from 'node:buffer';
       import { read } from './fetch.js';
       import { readFile } from 'node:fs/promises';
       console.log(await read(new File([await readFile('photo.png')], 'photo.png')));`,
    );
    expect((await run('reads-file')).stdout).toBe(text);
    expect((await run('copies')).stdout).toBe('photo: 1.00\n');
    expect((await run('first')).stdout).toMatch(/^Only one line of text here \[\n/);
    expect((await run('corpus')).stdout).toMatch(/title: 'A lamp'[\s\S]*confidence: 1,[\s\S]*\{\s*count: 1,/);
  });
});
