import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { textLine, writePdf, type PdfPage } from '../datasets/drawn/write-pdf.js';
import { englishLine, englishLines, fixturePath } from './fixtures.js';
import { visiond, type Run } from './run-cli.js';

const folder = mkdtempSync(join(tmpdir(), 'visiond-analyze-'));
afterAll(() => rmSync(folder, { recursive: true }));
const [page, line] = [fixturePath('english.png'), fixturePath('line-english.png')];
const missing = join(folder, 'missing.png');
const empty = join(folder, 'empty');
const large = join(folder, 'large.png');

beforeAll(() => {
  mkdirSync(empty);
  writeFileSync(large, '');
  truncateSync(large, 10_485_761);
});

function analyze(...args: string[]): Promise<Run> {
  return visiond(['analyze', ...args, '--local']);
}

describe('visiond analyze', () => {
  it('tells which files it cannot read, and analyzes the others', async () => {
    const { code, stdout, stderr } = await analyze(missing, page, empty, large, line, '--text', 'en');
    expect(code).toBe(1);
    for (const text of [...englishLines, englishLine, `== ${page}\n`, `\n== ${line}\n`]) expect(stdout).toContain(text);
    expect(stderr.split('\n')).toEqual([
      `${missing}: The file cannot be read: no such file or folder`,
      `${empty}: The file cannot be read: it is a folder without JPEG or PNG images`,
      expect.stringMatching(`^${large}: .*10485761.*10485760`),
      '',
    ]);
  });

  it.skipIf(!existsSync('/proc/self/mem'))('says that a device failed', async () => {
    const { code, stderr } = await analyze('/proc/self/mem');
    expect([code, stderr]).toEqual([1, '/proc/self/mem: The file cannot be read: the disk or device failed\n']);
  });

  it('gives JSON an error at the place of the file', async () => {
    const { code, stdout, stderr } = await analyze(missing, line, empty, '--text', 'en', '--json');
    expect([code, stderr]).toEqual([1, '']);
    expect(JSON.parse(stdout)).toEqual({
      results: [
        { error: { code: 5, message: 'The file cannot be read: no such file or folder' } },
        { results: [expect.objectContaining({ textDetection: expect.anything() })] },
        { error: { code: 3, message: 'The file cannot be read: it is a folder without JPEG or PNG images' } },
      ],
    });
    expect((await analyze(missing, '--json')).code).toBe(1);
  });

  it('takes the images of a folder', async () => {
    const images = join(folder, 'images');
    mkdirSync(join(images, 'deep'), { recursive: true });
    copyFileSync(page, join(images, 'b'));
    copyFileSync(line, join(images, 'deep/a.png'));
    writeFileSync(join(images, 'notes.txt'), 'notes');
    const { code, stdout, stderr } = await analyze(images, '--text', 'en');
    expect([code, stderr]).toEqual([0, `${images}: Skipped: 1 other file.\n`]);
    expect(stdout.match(/^== .*$/gm)).toEqual([`== ${join(images, 'b')}`, `== ${join(images, 'deep/a.png')}`]);
    expect(stdout).toContain(englishLine);
  });

  it('says what a call that failed has left', async () => {
    const { code, stdout, stderr } = await visiond(['analyze', missing, page, '--endpoint', '127.0.0.1:1']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(
      `${missing}: The file cannot be read: no such file or folder\n${page}: not analyzed\nThe call failed: `,
    );
  });

  it('has a heading for every feature where there are several', async () => {
    const several = await analyze(line, '--text', 'en', '--classify', 'quality,objects');
    expect(several.stdout).toMatch(/^-- text\n.+\n\n-- quality\n( *\d+\.\d%  \w+\n)+\n-- objects\n/);
    expect((await analyze(line, '--text', 'en')).stdout).toBe(`${englishLine}\n`);
    expect((await analyze(line, '--classify', 'quality')).stdout).toMatch(/^( *\d+\.\d%  \w+\n)+$/);
  });
});

describe('visiond analyze with a PDF', () => {
  const pdf = join(folder, 'file.pdf');
  beforeAll(() => {
    const pageOf = (text: string): PdfPage => ({ width: 420, height: 595, content: textLine(text, 40, 500, 20) });
    writeFileSync(pdf, writePdf([pageOf('First chapter'), pageOf('Second letter')]));
  });

  it('prints the text of its pages, and what other features do not take', async () => {
    expect(await analyze(pdf)).toMatchObject({ code: 0, stdout: 'First chapter\n\nSecond letter\n', stderr: '' });
    const { code, stdout, stderr } = await analyze(pdf, '--text', 'en', '--faces');
    expect([code, stderr]).toEqual([1, `${pdf}: FACE_DETECTION takes JPEG or PNG; the content is a PDF\n`]);
    expect(stdout).toContain('Second letter');
  });

  it('is taken from a folder where text alone is asked for', async () => {
    const files = join(folder, 'files');
    mkdirSync(files);
    copyFileSync(pdf, join(files, 'a.pdf'));
    copyFileSync(line, join(files, 'b.png'));
    expect((await analyze(files)).stdout).toContain('First chapter');
    expect(await analyze(files, '--faces')).toMatchObject({ code: 0, stderr: `${files}: Skipped: 1 PDF.\n` });
  });

  it('has no overlay', async () => {
    const { code, stdout, stderr } = await analyze(pdf, '--overlay', join(folder, 'pdf.png'));
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('--overlay takes one image file.');
  });
});

describe('visiond analyze --overlay', () => {
  it.each([
    ['nowhere/out.png', 'no such file or folder'],
    ['large.png/out.png', 'large.png is a file.'],
    ['large.png/below/out.png', 'part of its path is a file'],
    ['out.gif', 'must end in one of .png, .jpg, .jpeg'],
    ['out', 'must end in one of .png, .jpg, .jpeg'],
  ])('%s is refused before the work', async (name, reason) => {
    const { code, stdout, stderr } = await analyze(line, '--overlay', join(folder, name));
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`--overlay ${join(folder, name)} `);
    expect(stderr).toContain(reason);
  });

  it.each([
    ['out.JPG', 'jpeg'],
    ['out.jpeg', 'jpeg'],
    ['out.png', 'png'],
  ])('writes %s as %s', async (name, format) => {
    const out = join(folder, name);
    expect((await analyze(line, '--overlay', out)).code).toBe(0);
    expect((await sharp(readFileSync(out)).metadata()).format).toBe(format);
  });

  it('writes nothing for a file that cannot be read', async () => {
    const out = join(folder, 'none.png');
    expect((await analyze(missing, '--overlay', out)).code).toBe(1);
    expect(existsSync(out)).toBe(false);
  });
});
