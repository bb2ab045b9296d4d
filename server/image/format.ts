export type ImageFormat = 'jpeg' | 'png';

const magic: ReadonlyArray<readonly [ImageFormat, readonly number[]]> = [
  ['jpeg', [0xff, 0xd8, 0xff]],
  ['png', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
];

const pdfMagic = Buffer.from('%PDF-');
/** PDFium takes files with that much in front of it, as other readers do. */
const pdfHeadBytes = 1024;

/** Detects a PDF by its first bytes. What begins as an image is one. */
export function isPdf(content: Uint8Array): boolean {
  const head = Buffer.from(content.buffer, content.byteOffset, Math.min(content.length, pdfHeadBytes));
  return head.includes(pdfMagic) && sniffFormat(content) === undefined;
}

/** Detects the format by the first bytes. The MIME type of the request is ignored. */
export function sniffFormat(content: Uint8Array): ImageFormat | undefined {
  return magic.find(([, bytes]) => bytes.every((byte, index) => content[index] === byte))?.[0];
}
