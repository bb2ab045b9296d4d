import { mkdtempSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { leftOutLine, readImageFolder } from './image-folder.js';

const folder = mkdtempSync(join(tmpdir(), 'visiond-images-'));
beforeAll(fill);
afterAll(() => rmSync(folder, { recursive: true }));

async function fill(): Promise<void> {
  const drawn = sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } });
  const [jpeg, png, webp, gif, tiff] = await Promise.all(
    (['jpeg', 'png', 'webp', 'gif', 'tiff'] as const).map((format) => drawn.clone().toFormat(format).toBuffer()),
  );
  mkdirSync(join(folder, '.hidden/deep'), { recursive: true });
  const files: Record<string, Buffer | string | undefined> = {
    'a.JPG': jpeg,
    'b.jpe': jpeg,
    'c.jfif': jpeg,
    d: png,
    '.hidden/deep/e.png': png,
    'damaged.jpeg': 'no image',
    'f.webp': webp,
    'g.jpg': webp,
    'h.gif': gif,
    'i.tif': tiff,
    'j.bmp': Buffer.from('424d3600000000000000360000002800', 'hex'),
    'k.heic': '\0\0\0\x18ftypheic\0\0\0\0',
    'l.pdf': '%PDF-1.7',
    'BMI.txt': 'BMI of all patients',
    empty: '',
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content ?? '');
  symlinkSync('d', join(folder, 'link'));
  symlinkSync('.hidden', join(folder, 'folder'));
  symlinkSync('nowhere', join(folder, 'broken.png'));
  symlinkSync('circle', join(folder, 'circle'));
}

describe('readImageFolder', () => {
  it('takes images by their bytes and counts the rest by kind', () => {
    const found = readImageFolder(folder);
    expect(found.images).toEqual(['.hidden/deep/e.png', 'a.JPG', 'b.jpe', 'c.jfif', 'd', 'damaged.jpeg', 'link']);
    expect(Object.fromEntries(found.leftOut)).toEqual({
      WebP: 2,
      GIF: 1,
      TIFF: 1,
      BMP: 1,
      HEIC: 1,
      PDF: 1,
      other: 2,
      linkedFolder: 1,
      brokenLink: 2,
    });
    const line = leftOutLine(found);
    for (const part of ['2 WebP', '1 GIF', '2 other files', '1 link to a folder', '2 broken links']) {
      expect(line).toContain(part);
    }
    expect(line).toMatch(/^Skipped: .+\.\n$/);
  });

  it('takes PDF files too where that is asked for', () => {
    const { images, leftOut } = readImageFolder(folder, 'PDF');
    expect(images).toContain('l.pdf');
    expect(leftOut.has('PDF')).toBe(false);
  });

  it('says nothing where nothing is left out', () => {
    expect(leftOutLine({ leftOut: new Map(), images: [] })).toBe('');
  });
});
