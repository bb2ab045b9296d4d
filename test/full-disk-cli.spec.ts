import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawPicture } from '../datasets/drawn/draw-picture.js';
import { visiond } from './run-cli.js';
import { startTestServer, type TestServer } from './server.js';
import { mountSmallDisk } from './small-disk.js';

const folder = mkdtempSync(join(tmpdir(), 'visiond-full-cli-'));
const images = join(folder, 'images');
const picture = join(images, 'picture.jpg');
const disk = mountSmallDisk();
const on = (name: string): string => join(disk.folder, name);
let running: TestServer;
let to: string[];

beforeAll(async () => {
  running = await startTestServer({ 'data-dir': join(folder, 'data'), workers: '1' });
  to = ['--endpoint', running.endpoint, '--folder', 'f'];
  mkdirSync(images);
  await drawPicture(1, 400, 300).jpeg().toFile(picture);
  writeFileSync(join(images, 'broken.jpg'), Buffer.from([0xff, 0xd8, 0xff, 0xe0]));
  if (!disk.mounted) return;
  // A certificate and keys that are there already outlive what cannot take their place.
  await visiond(['certs', 'dev', '--out', on('certs')]);
  await visiond(['keys', 'create', '--folder', 'f', '--data-dir', on('data')]);
  disk.fill();
});
afterAll(async () => {
  await running.close();
  disk.remove();
  rmSync(folder, { recursive: true });
});

/** Names and contents of all files on the disk. */
function snapshot(): Map<string, string> {
  const names = readdirSync(disk.folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    names.map(({ parentPath, name }) => [join(parentPath, name), readFileSync(join(parentPath, name), 'latin1')]),
  );
}

describe.skipIf(!disk.mounted)('a disk that is full', () => {
  it.each<[what: string, args: () => string[], file: string]>([
    ['new certificates', () => ['certs', 'dev', '--out', on('others')], on('others/ca.pem')],
    ['certificates', () => ['certs', 'dev', '--out', on('certs')], on('certs/server.pem')],
    ['keys', () => ['keys', 'create', '--folder', 'f', '--data-dir', on('data')], on('data/keys.json')],
    [
      'an authorized key',
      () => ['keys', 'create', '--folder', 'f', '--data-dir', join(folder, 'data'), '--authorized-key', on('k.json')],
      on('k.json'),
    ],
    ['an overlay', () => ['analyze', picture, ...to, '--faces', '--overlay', on('o.png')], on('o.png')],
    ['a picture', () => ['index', 'search', picture, ...to, '--picture', on('p.png')], on('p.png')],
    ['failures', () => ['index', 'import', images, ...to, '--failures', on('f.jsonl')], on('f.jsonl')],
  ])('is told in a sentence by what writes %s, and leaves nothing', async (_what, args, file) => {
    const before = snapshot();
    const { code, stderr } = await visiond(args());
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(`(^|\n)${file} cannot be (used|written): the disk is full\\.\n`),
    ]);
    expect(stderr).not.toContain('    at ');
    const after = snapshot();
    // It was opened before there was anything to write.
    after.delete(on('f.jsonl'));
    expect([...after].filter(([name, content]) => before.get(name) !== content)).toEqual([]);
    expect(after.size).toBe(before.size);
  });

  it('leaves no key that nobody has', async () => {
    expect((await visiond(['keys', 'list', '--data-dir', join(folder, 'data')])).stdout).toBe('');
  });
});

describe('a path that cannot be written to', () => {
  it.skipIf(!existsSync('/dev/full'))('stays what it is where a device is full', async () => {
    const link = join(folder, 'full.png');
    symlinkSync('/dev/full', link);
    for (const args of [
      ['analyze', picture, ...to, '--faces', '--overlay', link],
      ['index', 'search', picture, ...to, '--picture', link],
    ]) {
      const { code, stderr } = await visiond(args);
      expect([code, stderr]).toEqual([1, `${link} cannot be used: the disk is full.\n`]);
    }
  });

  it('is told before anything is imported', async () => {
    const { code, stdout, stderr } = await visiond([
      'index',
      'import',
      images,
      ...to.slice(0, 2),
      '--folder',
      'fresh',
      '--failures',
      folder,
    ]);
    expect([code, stdout, stderr]).toEqual([1, '', `${folder} cannot be used: it is a folder.\n`]);
    expect((await visiond(['index', 'stats', ...to.slice(0, 2), '--folder', 'fresh'])).stdout).toContain(
      'imageCount: 0\n',
    );
  });
});
