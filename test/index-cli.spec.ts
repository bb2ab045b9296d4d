import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawPicture } from '../datasets/drawn/draw-picture.js';
import { makeDevCertificates } from '../server/cli/setup/dev-certificates.js';
import { visiond, type Run } from './run-cli.js';
import { startTestServer, type TestServer } from './server.js';

const folder = mkdtempSync(join(tmpdir(), 'visiond-index-'));
const images = join(folder, 'images');
let running: TestServer;

beforeAll(async () => {
  running = await startTestServer({ 'data-dir': join(folder, 'data') });
  mkdirSync(images);
  for (const seed of [1, 2, 3]) {
    await drawPicture(seed, 400, 300)
      .jpeg()
      .toFile(join(images, `${seed}.jpg`));
  }
  writeFileSync(join(images, 'broken.png'), 'no image');
});
afterAll(async () => {
  await running.close();
  rmSync(folder, { recursive: true });
});

function index(...args: string[]): Promise<Run> {
  return visiond(['index', ...args, '--endpoint', running.endpoint, '--folder', 'cli']);
}

/** The lines of an export, sorted and without the time of the addition. */
function timeless(exported: string): string[] {
  return exported
    .trim()
    .split('\n')
    .map((line) => line.replace(/,"createTime":"[^"]+"/, ''))
    .toSorted();
}

describe('visiond index', () => {
  it('imports a folder, tells what failed, and goes on where it was', async () => {
    const failures = join(folder, 'failures.jsonl');
    const first = await index('import', images, '--failures', failures);
    expect([first.code, first.stdout]).toEqual([1, '3 added, 0 replaced, 0 unchanged, 1 failed.\n']);
    expect(first.stderr).toContain("broken.png: Can't decode Image: the content is neither JPEG nor PNG");
    expect(JSON.parse(readFileSync(failures, 'utf8'))).toMatchObject({ id: 'broken.png' });
    await drawPicture(4, 400, 300).jpeg().toFile(join(images, '4.jpg'));
    rmSync(join(images, 'broken.png'));
    await drawPicture(5, 400, 300).webp().toFile(join(images, '5.webp'));
    const second = await index('import', images);
    expect([second.code, second.stdout]).toEqual([
      0,
      '1 added, 0 replaced, 0 unchanged, 0 failed.\nSkipped: 1 WebP.\n',
    ]);
    rmSync(join(images, '5.webp'));
    expect(second.stderr).toContain('3 of 4 images are already in the index.');
    expect((await index('import', images, '--replace')).stdout).toBe('0 added, 0 replaced, 4 unchanged, 0 failed.\n');
  });

  it('finds a copy by file and by signature, and draws both side by side', async () => {
    const copy = join(folder, 'copy.png');
    await sharp(readFileSync(join(images, '2.jpg')))
      .extract({ left: 40, top: 30, width: 320, height: 240 })
      .rotate(5)
      .png()
      .toFile(copy);
    const picture = join(folder, 'found.png');
    const { code, stdout } = await index('search', copy, '--picture', picture, '--files', images);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^1 copy of copy\.png\n0\.\d{3} {2}2\.jpg {2}\d+ local features match, rotated by -?\d+ degrees\n$/,
    );
    expect((await sharp(readFileSync(picture)).metadata()).width).toBeGreaterThan(800);
    const signature = (await index('signature', copy)).stdout.trim();
    expect((await index('search', '--signature', signature, '--json')).stdout).toContain('"id":"2.jpg"');
  });

  it('lists a copy of which only the id is known', async () => {
    const copies = await visiond([
      'analyze',
      join(images, '2.jpg'),
      '--copies',
      '--endpoint',
      running.endpoint,
      '--folder',
      'cli',
    ]);
    expect(copies.stdout).toBe('1 copy\n  (no URL)\n');
  });

  it('adds, exports, counts and deletes', async () => {
    expect((await index('add', join(images, '1.jpg'), '--id', 'one', '--title', 'One')).stdout).toBe('one\n');
    const { stdout } = await index('export');
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line): unknown => JSON.parse(line)),
    ).toContainEqual(expect.objectContaining({ id: 'one', title: 'One' }));
    expect(JSON.parse((await index('stats', '--json')).stdout)).toMatchObject({ imageCount: 5, outdatedCount: 0 });
    expect((await index('delete', 'one')).code).toBe(0);
    expect(await index('delete', 'one')).toMatchObject({ code: 1, stderr: 'Image "one" not found.\n' });
    expect((await index('compact')).stdout).toMatch(/^\d+ bytes on disk\n$/);
  });

  it('reads again what it exported, with the images beside it', async () => {
    const of = (name: string): string[] => ['--endpoint', running.endpoint, '--folder', name];
    const [from, to] = [of('from'), of('to')];
    const mine = join(folder, 'mine');
    mkdirSync(join(mine, 'deep'), { recursive: true });
    for (const name of ['1.jpg', 'deep/2.jpg', 'lamp.jpg']) {
      await drawPicture(10 + name.length, 400, 300)
        .jpeg()
        .toFile(join(mine, name));
    }
    await visiond(['index', 'import', mine, ...from]);
    const data = [
      '--title',
      'One, "two"',
      '--image-url',
      'https://example.org/2.jpg',
      '--page-url',
      'https://example.org/',
      '--description',
      'Ж\nз',
    ];
    await visiond(['index', 'add', join(mine, 'lamp.jpg'), '--id', 'lamp', ...data, ...from]);
    await visiond(['index', 'add', join(mine, 'lamp.jpg'), '--id', 'nowhere', ...from]);
    const exported = (await visiond(['index', 'export', ...from])).stdout;
    const file = join(folder, 'corpus.jsonl');
    writeFileSync(file, exported);
    const imported = await visiond(['index', 'import', file, '--files', mine, ...to]);
    expect([imported.code, imported.stdout]).toEqual([1, '4 added, 0 replaced, 0 unchanged, 1 failed.\n']);
    expect(imported.stderr).toContain(`nowhere: no image in ${mine} matches this ID or its name\n`);
    const again = (await visiond(['index', 'export', ...to])).stdout;
    expect(timeless(again)).toEqual(timeless(exported).filter((line) => !line.includes('nowhere')));
    const back = await visiond(['index', 'import', file, '--files', mine, ...from]);
    expect([back.code, back.stdout]).toEqual([0, '0 added, 0 replaced, 0 unchanged, 0 failed.\n']);
  });

  it.each([
    [['fly'], 'Unknown action "fly" of index. Known: import, add,'],
    [['serch'], 'Did you mean search?'],
    [['stats', '--max', '3'], 'index stats does not take --max.'],
    [['import', images, '--parallel', '65'], 'Invalid --parallel "65": must be an integer from 1 to 64.'],
    [['search', '/a.jpg', '--signature', 'x'], 'index search takes either a FILE or --signature TEXT.'],
    [['search'], 'index search takes either a FILE or --signature TEXT.'],
    [['import', '/nowhere'], '/nowhere does not exist.'],
    [['add', '/nowhere.jpg'], '/nowhere.jpg cannot be read'],
    [['search', '--signature', 'x'], 'The call failed: Cannot read the signature: it is not a signature of visiond.'],
  ])('%j ends with a sentence', async (args, sentence) => {
    const { code, stderr } = await index(...args);
    expect(code).toBe(2);
    expect(stderr).toContain(sentence);
  });
});

describe('a server with keys and encryption', () => {
  let guarded: TestServer;
  let ca: string;
  let key: string;
  beforeAll(async () => {
    const data = join(folder, 'guarded');
    const files = await makeDevCertificates(folder, ['localhost'], ['camera']);
    ({ ca } = files);
    guarded = await startTestServer({
      'data-dir': data,
      auth: 'keys',
      workers: '1',
      'tls-cert': files.cert,
      'tls-key': files.key,
    });
    const { stdout } = await visiond(['keys', 'create', '--folder', 'shop', '--data-dir', data]);
    key = /\n\n(\S+)\n/.exec(stdout)?.[1] ?? '';
  });
  afterAll(() => guarded.close());

  const to = (command: string[]): string[] => [
    ...command,
    '--endpoint',
    `localhost:${guarded.server.address.port}`,
    '--folder',
    'shop',
    '--tls-ca',
    ca,
  ];

  it('answers index and analyze by option and by environment', async () => {
    const file = join(images, '1.jpg');
    expect(await visiond(to(['index', 'import', images, '--api-key', key]))).toMatchObject({
      code: 0,
      stdout: '4 added, 0 replaced, 0 unchanged, 0 failed.\n',
    });
    const environment = { VISIOND_API_KEY: key };
    expect(
      (
        await visiond(
          to(['index', 'add', file, '--id', 'lamp', '--title', 'A lamp', '--page-url', 'https://example.org/lamp']),
          environment,
        )
      ).stdout,
    ).toBe('lamp\n');
    expect((await visiond(to(['index', 'search', file, '--json']), environment)).stdout).toContain('"id":"lamp"');
    expect((await visiond(to(['index', 'stats']), environment)).stdout).toContain('imageCount: 5\n');
    expect((await visiond(to(['analyze', file, '--copies']), environment)).stdout).toMatch(
      /^2 copies\n[^]*A lamp {2}https:\/\/example\.org\/lamp\n/,
    );
  });

  it.each([
    ['no key', () => to(['index', 'stats']), 'The call failed: Authentication is required'],
    [
      'a key for another folder',
      () => [...to(['index', 'stats', '--api-key', key]), '--folder', 'other'],
      'The call failed: Specified folder ID ',
    ],
    [
      'no encryption',
      () => ['analyze', join(images, '1.jpg'), '--copies', '--endpoint', `localhost:${guarded.server.address.port}`],
      'The call failed: ',
    ],
    [
      'half of a certificate',
      () => to(['index', 'stats', '--tls-cert', ca]),
      '--tls-cert and --tls-key must be given together.',
    ],
    [
      'a file that is not there',
      () => to(['analyze', 'x.jpg', '--tls-ca', '/nowhere.pem']).slice(0, 4),
      '--tls-ca /nowhere.pem cannot be read',
    ],
  ])('is not reached with %s', async (_problem, args, sentence) => {
    const { code, stderr } = await visiond(args());
    expect(code).toBe(2);
    expect(stderr).toContain(sentence);
  });
});
