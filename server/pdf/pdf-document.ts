import type { Size } from '../image/polygon.js';
import { maxMemoryBytes, type Pdfium } from './pdfium.js';

/** Why a file cannot be rendered. `text` completes "Can't read PDF: ...". Pages count from 1. */
export type PdfProblem =
  | { readonly kind: 'encrypted' }
  | { readonly kind: 'pages'; readonly pages: number }
  | { readonly kind: 'unreadable'; readonly text: string };

export class PdfProblemError extends Error {
  override readonly name = 'PdfProblemError';

  constructor(readonly problem: PdfProblem) {
    super(problem.kind);
  }
}

export function unreadable(text: string): PdfProblemError {
  return new PdfProblemError({ kind: 'unreadable', text });
}

/** An open file. */
export interface PdfDocument {
  readonly pdfium: Pdfium;
  /** Address of its FPDF_DOCUMENT. */
  readonly address: number;
  readonly pages: number;
}

/** FPDF_ERR_PASSWORD and FPDF_ERR_SECURITY: a password that is not the empty one, or a scheme that is unknown. */
const encryptionErrors = new Set([4, 5]);

/** @throws PdfProblemError, or what PDFium throws */
export function openDocument(pdfium: Pdfium, content: Uint8Array): PdfDocument {
  const file = pdfium.malloc(content.length);
  new Uint8Array(pdfium.memory.buffer).set(content, file);
  const noPassword = 0;
  const address = pdfium.FPDF_LoadMemDocument(file, content.length, noPassword);
  if (address === 0) {
    throw encryptionErrors.has(pdfium.FPDF_GetLastError())
      ? new PdfProblemError({ kind: 'encrypted' })
      : unreadable('it is damaged or truncated');
  }
  const pages = pdfium.FPDF_GetPageCount(address);
  if (pages === 0) throw unreadable('it has no pages');
  return { pdfium, address, pages };
}

/**
 * Size of a page in points, after its rotation, and of its crop box where it has one. Does not read what is on it.
 * @param index from 0
 * @throws PdfProblemError
 */
export function pageSize({ pdfium, address }: PdfDocument, index: number): Size {
  const floatBytes = 4;
  const size = pdfium.malloc(2 * floatBytes);
  if (pdfium.FPDF_GetPageSizeByIndexF(address, index, size) === 0) throw unreadable(`page ${index + 1} is damaged`);
  const view = new DataView(pdfium.memory.buffer);
  return { width: view.getFloat32(size, true), height: view.getFloat32(size + floatBytes, true) };
}

/**
 * What is wrong with a file, by what was thrown while PDFium worked on it.
 * @throws the error if it is not about the file
 */
export function problemOf(error: unknown, pdfium: Pdfium): PdfProblem {
  if (error instanceof PdfProblemError) return error.problem;
  if (pdfium.isOutOfMemory()) {
    return { kind: 'unreadable', text: `it takes more than ${maxMemoryBytes / 2 ** 20} MB of memory` };
  }
  // PDFium stops itself, reads beyond its memory, or is nested too deeply.
  const isTrap = error instanceof Error && (error.name === 'RuntimeError' || error instanceof RangeError);
  if (isTrap) return { kind: 'unreadable', text: 'it is damaged' };
  throw error;
}
