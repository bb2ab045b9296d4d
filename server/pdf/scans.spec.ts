import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { pageOfImage, writePdf, type PdfImage } from '../../datasets/drawn/write-pdf.js';
import { loadPdfJobs } from './pdf-jobs.js';

const jobs = await loadPdfJobs();
const limits = { dpi: 72, maxPixels: 20_000_000, maxPages: 8 };

// Every scan is white, with a black rectangle of 32 x 16 pixels in its lower left corner.
const [width, height] = [64, 32];
const gray = '/ColorSpace /DeviceGray /BitsPerComponent';
const black = sharp({ create: { width: 32, height: 16, channels: 3, background: 'black' } });
const drawing = async (): Promise<Sharp> =>
  sharp({ create: { width, height, channels: 3, background: 'white' } }).composite([
    { input: await black.clone().png().toBuffer(), left: 0, top: 16 },
  ]);

/** The drawing as CCITT Group 4 (ITU-T T.6), by hand: 16 white rows, 16 that begin with 32 black pixels, and the end. */
function groupFour(): Buffer {
  const [like, horizontal, noWhite, black32, end] = ['1', '001', '00110101', '000001101010', '000000000001'];
  const bits = [
    like.repeat(16),
    horizontal + noWhite + black32 + like,
    // Each change of color is below that of the row before.
    `${like}${like}${like}`.repeat(15),
    end + end,
  ].join('');
  const bytes = bits.match(/.{1,8}/g) ?? [];
  return Buffer.from(bytes.map((byte) => Number.parseInt(byte.padEnd(8, '0'), 2)));
}

/** The drawing as a generic region of JBIG2 (ITU-T T.88), which may hold Group 4. */
function jbig2(coded: Buffer): Buffer {
  const u32 = (...values: readonly number[]): Buffer =>
    Buffer.concat(
      values.map((value) => {
        const bytes = Buffer.alloc(4);
        bytes.writeUInt32BE(value);
        return bytes;
      }),
    );
  const segment = (number: number, type: number, data: Buffer): Buffer =>
    Buffer.concat([u32(number), Buffer.from([type, 0, 1]), u32(data.length), data]);
  const [pageInformation, genericRegion] = [48, 38];
  const page = Buffer.concat([u32(width, height, 0, 0), Buffer.from([0, 0, 0])]);
  const region = Buffer.concat([u32(width, height, 0, 0), Buffer.from([0, 1]), coded]);
  return Buffer.concat([segment(0, pageInformation, page), segment(1, genericRegion, region)]);
}

/** The drawing as JPEG 2000, for which there is no encoder here. Made with Pillow 11: 64 x 32, reversible. */
const jpeg2000 = Buffer.from(
  'AAAADGpQICANCocKAAAAFGZ0eXBqcDIgAAAAAGpwMiAAAAAtanAyaAAAABZpaGRyAAAAIAAAAEAAAQcHAAAAAAAPY29scgEAAAAAABEAAAFIanAy' +
    'Y/9P/1EAKQAAAAAAQAAAACAAAAAAAAAAAAAAAEAAAAAgAAAAAAAAAAAAAQcBAf9SAAwAAAABAAEEBAAB/1wAB0BASEhQ/2QAJQABQ3JlYXRlZCBi' +
    'eSBPcGVuSlBFRyB2ZXJzaW9uIDIuNS40/5AACgAAAAAA0wAB/5PfhUSMpCitx7XSXn7j6DHZ5z0SxISUDq22AAAADCQl9qyzK0oJR8S5gACOJYgk' +
    'JfagZlcAADCQiW5lGEhHuGDCQkIDQDCQl+4z4IyAAAwkIluZRhIR7hgwkJCA0AwkJfuM+CMgAAMJCJbmUYSEe4YMJCQgNAMJCX9JcAAAAGEhGIEj' +
    'CQkIDQDCQj3DBhIS/pViAAAAwkIxAkYSEhAaAYSEe4YMJCXH2hM/AKh9oIC+TiuyLp+SYAOMpChTtGs+Z+bxnKEJg//Z',
  'base64',
);

const scans: ReadonlyArray<readonly [name: string, make: () => Promise<Pick<PdfImage, 'entries' | 'data'>>]> = [
  [
    'JPEG',
    async () => ({
      entries: '/Filter /DCTDecode /ColorSpace /DeviceRGB /BitsPerComponent 8',
      data: await (await drawing()).jpeg({ quality: 100 }).toBuffer(),
    }),
  ],
  [
    'CCITT Group 4',
    async () => ({
      entries: `/Filter /CCITTFaxDecode /DecodeParms << /K -1 /Columns ${width} /Rows ${height} >> ${gray} 1`,
      data: groupFour(),
    }),
  ],
  ['JBIG2', async () => ({ entries: `/Filter /JBIG2Decode ${gray} 1`, data: jbig2(groupFour()) })],
  ['JPEG 2000', async () => ({ entries: `/Filter /JPXDecode ${gray} 8`, data: jpeg2000 })],
];

describe('a page that is a scan', () => {
  it.each(scans)('in %s is rendered', async (_name, make) => {
    const image = { width, height, ...(await make()) };
    const content = writePdf([pageOfImage(image, width, height)]);
    const outcome = await jobs.renderPage({ content, index: 0, limits });
    if ('problem' in outcome) throw new Error(JSON.stringify(outcome.problem));
    const { rgb } = outcome.image;
    const isBlack = (x: number, y: number): boolean => (rgb[3 * (y * width + x)] ?? 0) < 50;
    expect([isBlack(10, 24), isBlack(40, 24), isBlack(10, 8), isBlack(60, 2)]).toEqual([true, false, false, false]);
  });
});
