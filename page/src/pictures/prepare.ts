import { CallError, ownProblem } from '../api/problem.js';
import { fitWithin, maxBytes, maxPixels, type Size } from './fit.js';

/** A file as it is sent to the server. */
export type Prepared =
  | {
      readonly kind: 'image';
      readonly content: Blob;
      /** As browsers show it: after its EXIF orientation. */
      readonly size: Size;
      /** Whether it is not the file of the person, but what this page made of it. */
      readonly isConverted: boolean;
    }
  | { readonly kind: 'pdf'; readonly content: Blob };

const jpegQuality = 0.92;

/**
 * Makes of a file what the server takes: other formats that the browser can decode, and images over the limits, become
 * JPEG.
 * @throws CallError if the browser cannot decode it, or a PDF is over the limit
 */
export async function prepare(file: Blob): Promise<Prepared> {
  const start = new Uint8Array(await file.slice(0, 1024).arrayBuffer());
  const format = formatOf(start);
  if (format === 'pdf') {
    if (file.size > maxBytes) throw new CallError(ownProblem('FILE_TOO_LARGE'));
    return { kind: 'pdf', content: file };
  }
  const bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' }).catch(() => undefined);
  if (bitmap === undefined) {
    // The server may tell better what is wrong with it.
    if (format !== undefined && file.size <= maxBytes) {
      return { kind: 'image', content: file, size: { width: 1, height: 1 }, isConverted: false };
    }
    throw new CallError(ownProblem('PICTURE_UNREADABLE'));
  }
  const size = { width: bitmap.width, height: bitmap.height };
  if (format !== undefined && file.size <= maxBytes && size.width * size.height <= maxPixels) {
    bitmap.close();
    return { kind: 'image', content: file, size, isConverted: false };
  }
  const reduced = fitWithin(size, maxPixels);
  const content = await encode(bitmap, reduced);
  bitmap.close();
  return { kind: 'image', content, size: reduced, isConverted: true };
}

/** The format of a file by its first bytes, undefined if the server takes no such files. */
export function formatOf(start: Uint8Array): 'jpeg' | 'png' | 'pdf' | undefined {
  const begins = (...bytes: number[]): boolean => bytes.every((byte, index) => start[index] === byte);
  if (begins(0xff, 0xd8, 0xff)) return 'jpeg';
  if (begins(0x89, 0x50, 0x4e, 0x47)) return 'png';
  return new TextDecoder('latin1').decode(start).includes('%PDF-') ? 'pdf' : undefined;
}

async function encode(bitmap: ImageBitmap, { width, height }: Size): Promise<Blob> {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  if (context === null) throw new CallError(ownProblem('PICTURE_UNREADABLE'));
  // JPEG has no transparency: what is behind a drawing is white, as on paper.
  context.fillStyle = '#fff';
  context.fillRect(0, 0, width, height);
  context.drawImage(bitmap, 0, 0, width, height);
  const content = await canvas.convertToBlob({ type: 'image/jpeg', quality: jpegQuality });
  if (content.size <= maxBytes) return content;
  return encode(bitmap, fitWithin({ width, height }, (width * height) / 2));
}

/** A file as base64, encoded natively. */
export function base64Of(content: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener('load', () => {
      const url = typeof reader.result === 'string' ? reader.result : '';
      resolve(url.slice(url.indexOf(',') + 1));
    });
    reader.addEventListener('error', () => reject(new CallError(ownProblem('PICTURE_UNREADABLE'))));
    reader.readAsDataURL(content);
  });
}
