import { describe, expect, it } from 'vitest';
import { pdfFile, textLine, writePdf, type PdfPage } from '../../datasets/drawn/write-pdf.js';
import type { Image } from '../image/image.js';
import { JobCancelledError } from '../threads/jobs.js';
import { renderedSize } from './page-size.js';
import { loadPdfJobs } from './pdf-jobs.js';

const jobs = await loadPdfJobs();
const limits = { dpi: 72, maxPixels: 20_000_000, maxPages: 8 };

/** A page with a black square of 20 x 20 points in its lower left corner. */
const square = (entries = ''): PdfPage => ({ width: 200, height: 100, content: '0 0 20 20 re f', entries });

async function render(content: Buffer, index = 0, dpi = 72): Promise<Image> {
  const outcome = await jobs.renderPage({ content, index, limits: { ...limits, dpi } });
  if ('problem' in outcome) throw new Error(JSON.stringify(outcome.problem));
  return outcome.image;
}

async function problemOf(content: Buffer): Promise<unknown> {
  const outcome = await jobs.measurePdf({ content, limits });
  return 'problem' in outcome ? outcome.problem : outcome.sizes;
}

/** Red, green and blue of a pixel. */
function pixel({ width, rgb }: Image, x: number, y: number): number[] {
  return [...rgb.subarray(3 * (y * width + x), 3 * (y * width + x) + 3)];
}

const [black, white] = [
  [0, 0, 0],
  [255, 255, 255],
];

/** Pixels of a region that are not white. */
function inkIn({ width, rgb }: Image, left: number, top: number, right: number, bottom: number): number {
  let ink = 0;
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) if ((rgb[3 * (y * width + x)] ?? 255) < 128) ink++;
  }
  return ink;
}

describe('renderedSize', () => {
  const size = (width: number, height: number, maxPixels = 20_000_000): unknown =>
    renderedSize({ width, height }, { dpi: 200, maxPixels });

  it('is that of the page at the resolution', () => {
    expect(size(595, 842)).toEqual({ width: 1653, height: 2339 });
  });

  it.each([
    [1e6, 1e6],
    [1e6, 1],
    [1, 1e6],
    [1e30, 1e30],
    [14_400, 100],
  ])('of %s x %s points is within the limits', (width, height) => {
    const found = renderedSize({ width, height }, { dpi: 200, maxPixels: 20_000_000 });
    expect([found?.width ?? 0, found?.height ?? 0].every((side) => side >= 1 && side <= 65_535)).toBe(true);
    expect((found?.width ?? 0) * (found?.height ?? 0)).toBeLessThanOrEqual(20_000_000);
  });

  it.each([
    [0, 0],
    [100, 0.001],
    [Number.NaN, 10],
    [-5, 10],
  ])('of %s x %s points is none', (width, height) => {
    expect(size(width, height)).toBeUndefined();
  });
});

describe('measurePdf', () => {
  it('has the pages in their order, rotated and cropped', async () => {
    const content = writePdf([square(), square('/Rotate 90'), square('/CropBox [0 0 50 60]')]);
    expect(await problemOf(content)).toEqual([
      { width: 200, height: 100 },
      { width: 100, height: 200 },
      { width: 50, height: 60 },
    ]);
  });

  it('says what is wrong with a file', async () => {
    const good = writePdf([square()]);
    expect(await problemOf(writePdf([square()], { password: 'secret' }))).toEqual({ kind: 'encrypted' });
    expect(await problemOf(Buffer.from('%PDF-1.7 and nothing else'))).toEqual({
      kind: 'unreadable',
      text: 'it is damaged or truncated',
    });
    expect(await problemOf(writePdf(Array.from({ length: 200 }, () => square())))).toEqual({
      kind: 'pages',
      pages: 200,
    });
    expect(await problemOf(writePdf([]))).toEqual({ kind: 'unreadable', text: 'it has no pages' });
    expect(await problemOf(writePdf([square(), square('/MediaBox [0 0 20 0.5]')]))).toEqual({
      kind: 'unreadable',
      text: 'page 2 has a size of 20 x 0.5 points',
    });
    // Its objects are found all the same where the table of them is not.
    const lost = Buffer.from(good.toString('latin1').replace(/startxref\n\d+/, 'startxref\n9'), 'latin1');
    expect(await problemOf(lost)).toEqual([{ width: 200, height: 100 }]);
  });

  it('opens a file that is encrypted without a password', async () => {
    expect(await problemOf(writePdf([square()], { password: '' }))).toEqual([{ width: 200, height: 100 }]);
  });

  it('does not follow pages that lead back to themselves', async () => {
    const loop = pdfFile(['<< /Type /Catalog /Pages 2 0 R >>', '<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>']);
    expect(await problemOf(loop)).toEqual({ kind: 'unreadable', text: 'page 1 is damaged' });
  });
});

describe('the text layer', () => {
  const layerOf = async (page: PdfPage): Promise<unknown> => {
    const outcome = await jobs.renderPage({ content: writePdf([page]), index: 0, limits, withLayer: true });
    if ('problem' in outcome) throw new Error(outcome.problem.kind);
    return outcome.layer.map(({ text, ...box }) => ({ text, at: [box.left, box.top, box.right, box.bottom] }));
  };
  /** At a place, give or take what fonts differ by. */
  const at = (text: string, ...place: readonly number[]): unknown => ({
    text,
    at: place.map((value): unknown => expect.closeTo(value, -1)),
  });

  it('has the words with their places, visible or not', async () => {
    const content = `${textLine('Hello there', 20, 40, 20)} 3 Tr ${textLine('hidden', 20, 10, 20)}`;
    expect(await layerOf({ ...square(), content })).toEqual([
      at('Hello', 20, 45, 65, 65),
      at('there', 70, 45, 118, 65),
      at('hidden', 20, 75, 80, 95),
    ]);
  });

  it('follows the rotation and the crop box of the page', async () => {
    const content = textLine('Hello', 20, 40, 20);
    expect(await layerOf({ ...square('/CropBox [10 10 190 90]'), content })).toEqual([at('Hello', 10, 35, 55, 55)]);
    expect(await layerOf({ ...square('/Rotate 90'), content })).toEqual([at('Hello', 35, 20, 55, 65)]);
  });

  it('is empty for a page without one, and where nobody asked', async () => {
    expect(await layerOf(square())).toEqual([]);
    const content = writePdf([{ ...square(), content: textLine('Hello', 20, 40, 20) }]);
    expect(await jobs.renderPage({ content, index: 0, limits })).toMatchObject({ layer: [] });
  });

  it('is not read for a page of too many letters', async () => {
    const lines = Array.from({ length: 1001 }, (_, index) => textLine('a'.repeat(100), 0, 2 * index, 1));
    expect(await layerOf({ ...square(), height: 2100, content: lines.slice(101).join('') })).toHaveLength(900);
    expect(await layerOf({ ...square(), height: 2100, content: lines.join('') })).toEqual([]);
  });
});

describe('renderPage', () => {
  it('draws over white, upright', async () => {
    const image = await render(writePdf([square()]), 0, 144);
    expect([image.width, image.height]).toEqual([400, 200]);
    expect([pixel(image, 10, 190), pixel(image, 10, 10), pixel(image, 390, 190)]).toEqual([black, white, white]);
  });

  it.each([
    [90, 10, 10],
    [180, 190, 10],
    [270, 90, 190],
  ])('rotates a page by %s degrees', async (degrees, x, y) => {
    const image = await render(writePdf([square(`/Rotate ${degrees}`)]));
    expect(pixel(image, x, y)).toEqual(black);
    expect(inkIn(image, 0, 0, image.width, image.height)).toBe(400);
  });

  it('shows the crop box only', async () => {
    const image = await render(writePdf([square('/CropBox [10 10 60 60]')]));
    expect([image.width, image.height, inkIn(image, 0, 0, 50, 50)]).toEqual([50, 50, 100]);
    expect(pixel(image, 5, 45)).toEqual(black);
  });

  it('has the colors of the page', async () => {
    const image = await render(
      writePdf([{ ...square(), content: '1 0 0 rg 0 0 20 20 re f 0 0 1 rg 100 0 20 20 re f' }]),
    );
    expect([pixel(image, 10, 90), pixel(image, 110, 90)]).toEqual([
      [255, 0, 0],
      [0, 0, 255],
    ]);
  });

  it('draws the fields of a form, also those without an appearance', async () => {
    const field = { bottom: 40, width: 60, height: 20, text: 'filled' };
    const content = writePdf([square()], {
      fields: [
        { ...field, left: 30, hasAppearance: true },
        { ...field, left: 120, hasAppearance: false },
      ],
    });
    const image = await render(content, 0, 144);
    expect(inkIn(image, 60, 80, 180, 120)).toBeGreaterThan(50);
    expect(inkIn(image, 240, 80, 360, 120)).toBeGreaterThan(50);
  });

  it('decrypts what needs no password', async () => {
    const [plain, encrypted] = await Promise.all(
      [undefined, ''].map((password) =>
        render(
          writePdf([{ ...square(), content: textLine('Decrypted', 10, 40, 24) }], {
            ...(password !== undefined && { password }),
          }),
        ),
      ),
    );
    expect(inkIn(plain!, 0, 0, 200, 100)).toBeGreaterThan(100);
    expect(Buffer.compare(plain!.rgb, encrypted!.rgb)).toBe(0);
  });

  it('ends at a checkpoint between the pieces of a page', async () => {
    const content = writePdf([{ ...square(), content: '0 0 20 20 re f\n'.repeat(100_000) }]);
    let calls = 0;
    const stopped = jobs.renderPage({ content, index: 0, limits }, () => {
      if (++calls === 5) throw new JobCancelledError('stopped');
    });
    await expect(stopped).rejects.toThrow(JobCancelledError);
    expect(calls).toBe(5);
  });

  it('scales down a page that would have too many pixels', async () => {
    const content = writePdf([{ ...square(), width: 1e6, height: 1e6, content: '0 0 500000 1000000 re f' }]);
    const outcome = await jobs.renderPage({ content, index: 0, limits: { ...limits, maxPixels: 10_000 } });
    if ('problem' in outcome) throw new Error(outcome.problem.kind);
    const { image } = outcome;
    expect([image.width, image.height]).toEqual([100, 100]);
    expect([pixel(image, 25, 50), pixel(image, 75, 50)]).toEqual([black, white]);
  });

  it('leaves nothing of a file to the next one', async () => {
    const bomb = writePdf([{ ...square(), content: 'q '.repeat(5_000_000) }]);
    const good = writePdf([square()]);
    const before = await render(good);
    await jobs.renderPage({ content: bomb, index: 0, limits });
    expect(Buffer.compare(before.rgb, (await render(good)).rgb)).toBe(0);
  });
});
