import { createHash } from 'node:crypto';

/** A page of a PDF, in points from its bottom left. */
export interface PdfPage {
  readonly width: number;
  readonly height: number;
  /** Operators of the content stream: the font is /F, images are /I0, /I1 and so on. */
  readonly content: string;
  readonly images?: readonly PdfImage[];
  /** Further entries of the page, as `/Rotate 90`. */
  readonly entries?: string;
}

/** An image of a page. */
export interface PdfImage {
  readonly width: number;
  readonly height: number;
  /** What the stream says about its data, as `/Filter /DCTDecode /ColorSpace /DeviceRGB /BitsPerComponent 8`. */
  readonly entries: string;
  readonly data: Uint8Array;
}

/** A text field of a form: with an appearance, or to be drawn by whoever renders it. */
export interface PdfField {
  readonly left: number;
  readonly bottom: number;
  readonly width: number;
  readonly height: number;
  readonly text: string;
  readonly hasAppearance: boolean;
}

export interface PdfOptions {
  /** The fields of the first page. */
  readonly fields?: readonly PdfField[];
  /** Encrypts the file with the standard security handler of revision 2: RC4 of 40 bits. */
  readonly password?: string;
}

/** Body of a PDF object, without its number. */
export type PdfObject = string | Buffer;

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

/** A line of Helvetica. Letters are those of WinAnsi. */
export function textLine(text: string, x: number, y: number, size: number): string {
  return `BT /F ${size} Tf ${x} ${y} Td (${text.replaceAll(/[\\()]/g, String.raw`\$&`)}) Tj ET\n`;
}

/** Draws an image over all of a page. */
export function pageOfImage(image: PdfImage, width: number, height: number): PdfPage {
  return { width, height, content: `q ${width} 0 0 ${height} 0 0 cm /I0 Do Q`, images: [image] };
}

export function pdfStream(entries: string, data: PdfObject | Uint8Array): Buffer {
  const bytes = typeof data === 'string' ? latin1(data) : data;
  return Buffer.concat([latin1(`<< ${entries} /Length ${bytes.length} >>\nstream\n`), bytes, latin1('\nendstream')]);
}

/** Writes a file of objects, numbered from 1, which may be as wrong as a test wants them. */
export function pdfFile(objects: readonly PdfObject[], trailer = '/Root 1 0 R'): Buffer {
  const parts = [latin1('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n')];
  let at = parts[0]?.length ?? 0;
  const offsets = objects.map((object, index) => {
    const part = Buffer.concat([
      latin1(`${index + 1} 0 obj\n`),
      typeof object === 'string' ? latin1(object) : object,
      latin1('\nendobj\n'),
    ]);
    parts.push(part);
    const offset = at;
    at += part.length;
    return offset;
  });
  const size = objects.length + 1;
  const entries = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  parts.push(
    latin1(`xref\n0 ${size}\n0000000000 65535 f \n${entries}`),
    latin1(`trailer\n<< /Size ${size} ${trailer} >>\nstartxref\n${at}\n%%EOF\n`),
  );
  return Buffer.concat(parts);
}

/** Writes a file of pages. */
export function writePdf(pages: readonly PdfPage[], { fields = [], password }: PdfOptions = {}): Buffer {
  const encryption = password === undefined ? undefined : encryptionOf(password);
  const objects: PdfObject[] = [];
  /** Adds an object. @returns a reference to it */
  const add = (object: PdfObject): string => `${objects.push(object)} 0 R`;
  const addStream = (entries: string, data: PdfObject | Uint8Array): string => {
    const number = objects.length + 1;
    const bytes = typeof data === 'string' ? latin1(data) : Buffer.from(data);
    return add(pdfStream(entries, encryption?.encrypt(number, bytes) ?? bytes));
  };
  const [catalog, pageTree] = [add(''), add('')];
  const font = add('<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>');
  const widgets = fields.map((field) => add(widgetOf(field, font, addStream)));
  const kids = pages.map(({ width, height, content, images = [], entries = '' }, index) => {
    const names = images.map((image, position) => {
      const head = `/Type /XObject /Subtype /Image /Width ${image.width} /Height ${image.height} ${image.entries}`;
      return `/I${position} ${addStream(head, image.data)}`;
    });
    const annotations = index === 0 && widgets.length > 0 ? `/Annots [${widgets.join(' ')}]` : '';
    return add(
      `<< /Type /Page /Parent ${pageTree} /MediaBox [0 0 ${width} ${height}] /Contents ${addStream('', content)} ` +
        `/Resources << /Font << /F ${font} >> /XObject << ${names.join(' ')} >> >> ${annotations} ${entries} >>`,
    );
  });
  const form =
    widgets.length === 0
      ? ''
      : `/AcroForm << /Fields [${widgets.join(' ')}] /DA (/F 12 Tf 0 g) /DR << /Font << /F ${font} >> >> ` +
        `/NeedAppearances ${fields.some((field) => !field.hasAppearance)} >>`;
  objects[0] = `<< /Type /Catalog /Pages ${pageTree} ${form} >>`;
  objects[1] = `<< /Type /Pages /Kids [${kids.join(' ')}] /Count ${kids.length} >>`;
  return pdfFile(objects, `/Root ${catalog} ${encryption?.trailer ?? ''}`);
}

function widgetOf(
  { left, bottom, width, height, text, hasAppearance }: PdfField,
  font: string,
  addStream: (entries: string, data: string) => string,
): string {
  const appearance = hasAppearance
    ? `/AP << /N ${addStream(
        `/Type /XObject /Subtype /Form /BBox [0 0 ${width} ${height}] /Resources << /Font << /F ${font} >> >>`,
        `/Tx BMC q ${textLine(text, 2, height / 4, height * 0.6)} Q EMC`,
      )} >>`
    : '';
  return (
    `<< /Type /Annot /Subtype /Widget /FT /Tx /T (f${left}) /V (${text}) /F 4 ` +
    `/Rect [${left} ${bottom} ${left + width} ${bottom + height}] /DA (/F ${height * 0.6} Tf 0 g) ${appearance} >>`
  );
}

interface Encryption {
  readonly trailer: string;
  readonly encrypt: (number: number, data: Buffer) => Buffer;
}

/** Padding of passwords, of ISO 32000-1, 7.6.3.3. */
const padding = Buffer.from('28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a', 'hex');
const keyBytes = 5;
const permissions = -4;

/** The standard security handler of revision 2 (ISO 32000-1, 7.6.3), with the same password for owner and user. */
function encryptionOf(password: string): Encryption {
  const padded = Buffer.concat([latin1(password), padding]).subarray(0, padding.length);
  const md5 = (...parts: readonly Uint8Array[]): Buffer => createHash('md5').update(Buffer.concat(parts)).digest();
  const owner = rc4(md5(padded).subarray(0, keyBytes), padded);
  const id = Buffer.alloc(16, 7);
  const flags = Buffer.alloc(4);
  flags.writeInt32LE(permissions);
  const key = md5(padded, owner, flags, id).subarray(0, keyBytes);
  const hex = (bytes: Buffer): string => `<${bytes.toString('hex')}>`;
  const handler = `/Filter /Standard /V 1 /R 2 /O ${hex(owner)} /U ${hex(rc4(key, padding))} /P ${permissions}`;
  return {
    trailer: `/Encrypt << ${handler} >> /ID [${hex(id)} ${hex(id)}]`,
    encrypt: (number, data) =>
      rc4(md5(key, Buffer.from([number, number >> 8, 0, 0, 0])).subarray(0, keyBytes + 5), data),
  };
}

/** OpenSSL 3 has RC4 in a module that Node does not load. It is short. */
function rc4(key: Buffer, data: Buffer): Buffer {
  const state = Uint8Array.from({ length: 256 }, (_, index) => index);
  const swap = (one: number, other: number): void => {
    [state[one], state[other]] = [state[other] ?? 0, state[one] ?? 0];
  };
  for (let index = 0, other = 0; index < 256; index++) {
    other = (other + (state[index] ?? 0) + (key[index % key.length] ?? 0)) & 255;
    swap(index, other);
  }
  let [index, other] = [0, 0];
  return Buffer.from(
    data.map((byte) => {
      index = (index + 1) & 255;
      other = (other + (state[index] ?? 0)) & 255;
      swap(index, other);
      return byte ^ (state[((state[index] ?? 0) + (state[other] ?? 0)) & 255] ?? 0);
    }),
  );
}
