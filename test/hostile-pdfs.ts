import { deflateSync } from 'node:zlib';
import { pdfFile, pdfStream, textLine, writePdf, type PdfObject } from '../datasets/drawn/write-pdf.js';
import type { HostileImage } from './hostile-images.js';

/** A file that nobody means well with, and the reason of its error. Without one, it has a result. */
export interface HostilePdf extends HostileImage {
  readonly reason?: string;
}

const flate = (data: Buffer): Buffer => deflateSync(data, { level: 9 });
const repeated = (text: string, megabytes: number): Buffer => Buffer.alloc(megabytes << 20, text);

/** A file of one page of A4, whose content is the first of the objects from 4 on. */
function onePage(entries: string, ...objects: readonly PdfObject[]): Buffer {
  return pdfFile([
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R ${entries} >>`,
    ...objects,
  ]);
}

const deflated = (data: Buffer): Buffer => onePage('', pdfStream('/Filter /FlateDecode', flate(data)));

function image(width: number, height: number, entries: string, data: Buffer): Buffer {
  return onePage(
    '/Resources << /XObject << /X 5 0 R >> >>',
    pdfStream('', 'q 595 0 0 842 0 0 cm /X Do Q'),
    pdfStream(`/Type /XObject /Subtype /Image /Width ${width} /Height ${height} ${entries}`, data),
  );
}

/** Forms that each draw the next one several times. */
function billionLaughs(depth: number, times: number): Buffer {
  const resources = (next: number): string => `/Resources << /XObject << /X ${next} 0 R >> >>`;
  const forms = Array.from({ length: depth }, (_, index) =>
    pdfStream(
      `/Type /XObject /Subtype /Form /BBox [0 0 595 842] ${resources(6 + index)}`,
      index === depth - 1 ? '0 0 10 10 re f' : '/X Do\n'.repeat(times),
    ),
  );
  return onePage(resources(5), pdfStream('', '/X Do'), ...forms);
}

function selfDrawing(): Buffer {
  const resources = '/Resources << /XObject << /X 5 0 R >> >>';
  const form = pdfStream(`/Type /XObject /Subtype /Form /BBox [0 0 595 842] ${resources}`, '/X Do /X Do');
  return onePage(resources, pdfStream('', '/X Do'), form);
}

function manyFilters(times: number): Buffer {
  let data = repeated('0 0 m ', 50);
  for (let time = 0; time < times; time++) data = flate(data);
  return onePage('', pdfStream(`/Filter [${'/FlateDecode '.repeat(times)}]`, data));
}

/** A tree of pages with so many levels. */
function deepTree(levels: number): Buffer {
  const nodes = Array.from({ length: levels }, (_, index) => `<< /Type /Pages /Kids [${index + 3} 0 R] /Count 1 >>`);
  return pdfFile(['<< /Type /Catalog /Pages 2 0 R >>', ...nodes, '<< /Type /Page /MediaBox [0 0 100 100] >>']);
}

/** Tables of contents that lead back to each other. */
function xrefLoop(): Buffer {
  const file = onePage('', pdfStream('', '')).toString('latin1');
  const at = file.lastIndexOf('xref\n0');
  return Buffer.from(file.replace('trailer\n<<', `trailer\n<< /Prev ${at}`), 'latin1');
}

const bits = '/ColorSpace /DeviceGray /BitsPerComponent 1';
const catalog = '<< /Type /Catalog /Pages 2 0 R >>';
const tooSlow = 'PDF_TOO_SLOW';
const unreadable = 'PDF_UNREADABLE';

/** Files that ask for more time than there is: some of them for ever, at a place where PDFium cannot be stopped. */
export function slowPdfs(): HostilePdf[] {
  return [
    {
      name: 'a pattern of tiny tiles',
      content: onePage(
        '/Resources << /Pattern << /P 5 0 R >> >>',
        pdfStream('', '/Pattern cs /P scn 0 0 595 842 re f'),
        pdfStream(
          '/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 595 842] /XStep 0.01 /YStep 0.01 ' +
            '/Resources << >>',
          '0 0 595 842 re f',
        ),
      ),
      reason: tooSlow,
    },
    {
      name: 'a shading that computes for every pixel',
      content: onePage(
        '/Resources << /Shading << /S << /ShadingType 1 /ColorSpace /DeviceGray /Domain [0 595 0 842] ' +
          '/Function 5 0 R >> >> >>',
        pdfStream('', '/S sh\n'.repeat(200)),
        pdfStream('/FunctionType 4 /Domain [0 595 0 842] /Range [0 1]', `{ ${'dup mul sqrt '.repeat(3000)} pop }`),
      ),
      reason: tooSlow,
    },
    {
      name: 'a million rectangles over the page',
      content: deflated(repeated('0 0 595 842 re f\n', 20)),
      reason: tooSlow,
    },
  ];
}

/** Files that are small and ask for much. */
export function hostilePdfs(): HostilePdf[] {
  return [
    { name: '300 MB of paths', content: deflated(repeated('0 0 m 9 9 l S\n', 300)), reason: unreadable },
    { name: '900 MB of spaces', content: deflated(repeated(' ', 900)), reason: unreadable },
    { name: 'fifty million saved states', content: deflated(repeated('q ', 100)), reason: unreadable },
    { name: '40 MB of brackets', content: deflated(repeated('[', 40)) },
    { name: 'a billion laughs', content: billionLaughs(9, 8), reason: unreadable },
    { name: 'a form that draws itself', content: selfDrawing(), reason: unreadable },
    { name: 'a stream that is deflated five times', content: manyFilters(5) },
    {
      name: 'an image of 30,000 x 10,000 bits',
      content: image(30_000, 10_000, `${bits} /Filter /FlateDecode`, flate(Buffer.alloc(10_000 * 3750))),
    },
    {
      name: 'an image of 2,000,000,000 x 2,000,000,000 that is empty',
      content: image(2e9, 2e9, `${bits} /Filter /FlateDecode`, flate(Buffer.alloc(10))),
    },
    {
      name: 'a fax of 60,000 x 20,000 that is empty',
      content: image(
        60_000,
        20_000,
        `${bits} /Filter /CCITTFaxDecode /DecodeParms << /K -1 /Columns 60000 /Rows 20000 >>`,
        Buffer.alloc(100),
      ),
    },
    {
      name: 'an array in arrays, two million deep',
      content: pdfFile([catalog, '['.repeat(2e6)]),
      reason: unreadable,
    },
    {
      name: 'pages that are their own parent',
      content: pdfFile([catalog, '<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>']),
      reason: unreadable,
    },
    { name: 'pages 50,000 levels deep', content: deepTree(50_000), reason: unreadable },
    {
      name: 'two billion pages that are not there',
      content: pdfFile([catalog, '<< /Type /Pages /Kids [3 0 R] /Count 2000000000 >>', '<< /Type /Page >>']),
    },
    { name: 'a table of contents that leads back to itself', content: xrefLoop() },
    { name: 'a page of a million points', content: writePdf([{ width: 1e6, height: 1e6, content: '' }]) },
    {
      name: 'a page of no height',
      content: writePdf([{ width: 1e6, height: 0.001, content: '' }]),
      reason: unreadable,
    },
    { name: 'a page without an area', content: writePdf([{ width: 0, height: 0, content: '' }]) },
    {
      name: 'letters of a kilometer',
      content: writePdf([{ width: 595, height: 842, content: textLine('A', 0, 0, 3e6) }]),
    },
  ];
}

/** Copies of a good file with some bytes changed, cut out or doubled. */
export function damagedPdfs(count: number): HostilePdf[] {
  const good = writePdf([{ width: 200, height: 100, content: textLine('Damaged', 20, 40, 24) }], {
    fields: [{ left: 10, bottom: 10, width: 60, height: 20, text: 'field', hasAppearance: false }],
  });
  let state = 20_261_130;
  const next = (below: number): number => {
    state = (state * 48_271) % 0x7fffffff;
    return state % below;
  };
  return Array.from({ length: count }, (_, index) => {
    const copy = Buffer.from(good);
    for (let change = 0; change < 6; change++) copy[8 + next(copy.length - 8)] = next(256);
    const [from, to] = [8 + next(copy.length - 8), 8 + next(copy.length - 8)].toSorted((a, b) => a - b);
    const parts = [[copy], [good.subarray(0, from), good.subarray(to)], [good.subarray(0, to), good.subarray(from)]][
      index % 3
    ];
    return { name: `damaged, number ${index}`, content: Buffer.concat(parts ?? []) };
  });
}
