import type { Image } from '../image/image.js';
import type { Size } from '../image/polygon.js';
import type { LayerWord } from '../image/text-layer.js';
import type { Checkpoint } from '../threads/jobs.js';
import { unreadable, type PdfDocument } from './pdf-document.js';
import { readTextLayer } from './text-layer.js';

/** A page as an image. */
export interface RenderedPage {
  readonly image: Image;
  /** The words of its text layer. None if it was not asked for. */
  readonly layer: readonly LayerWord[];
}

/** FPDFBitmap_BGR: 3 bytes a pixel. */
const threeBytes = 2;
const bytesPerPixel = 3;
/** FPDF_ANNOT, which draws the fields of forms, and FPDF_REVERSE_BYTE_ORDER, which makes RGB of BGR. */
const renderFlags = 0x01 | 0x10;
/** FPDF_RENDER_DONE and FPDF_RENDER_TOBECONTINUED. */
const [done, toBeContinued] = [2, 1];
const opaqueWhite = 0xff_ff_ff_ff;

/**
 * Renders a page over white, as a printer would without its margins: rotated, cropped, with annotations and fields.
 * @param index from 0
 * @param withLayer whether to read its text layer, too
 * @param checkpoint is called between the pieces of the page
 * @throws PdfProblemError, what the checkpoint or PDFium throws
 */
export function renderPage(
  { pdfium, address }: PdfDocument,
  index: number,
  { width, height }: Size,
  withLayer: boolean,
  checkpoint: Checkpoint,
): RenderedPage {
  const problem = unreadable(`page ${index + 1} is damaged`);
  // Nothing but this draws the fields of forms. It is there before the page, whose fields it gets to know then.
  const form = pdfium.PDFiumExt_InitFormFillEnvironment(address, pdfium.PDFiumExt_OpenFormFillInfo());
  const page = pdfium.FPDF_LoadPage(address, index);
  if (page === 0) throw problem;
  checkpoint();
  const bitmap = pdfium.FPDFBitmap_CreateEx(width, height, threeBytes, 0, 0);
  if (bitmap === 0) throw unreadable(`page ${index + 1} is too large`);
  pdfium.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, opaqueWhite);
  const stopper = createStopper(checkpoint);
  const pause = pauseStructure(pdfium, stopper.shouldStop);
  const notRotatedFurther = 0;
  let status = pdfium.FPDF_RenderPageBitmap_Start(
    bitmap,
    page,
    0,
    0,
    width,
    height,
    notRotatedFurther,
    renderFlags,
    pause,
  );
  for (;;) {
    stopper.throwIfStopped();
    if (status !== toBeContinued) break;
    status = pdfium.FPDF_RenderPage_Continue(page, pause);
  }
  if (status !== done) throw problem;
  pdfium.FPDF_FFLDraw(form, bitmap, page, 0, 0, width, height, notRotatedFurther, renderFlags);
  checkpoint();
  const [pixels, stride] = [pdfium.FPDFBitmap_GetBuffer(bitmap), pdfium.FPDFBitmap_GetStride(bitmap)];
  const rowBytes = bytesPerPixel * width;
  const rgb = new Uint8Array(new SharedArrayBuffer(rowBytes * height));
  for (let row = 0; row < height; row++) {
    rgb.set(new Uint8Array(pdfium.memory.buffer, pixels + row * stride, rowBytes), row * rowBytes);
  }
  const layer = withLayer ? readTextLayer(pdfium, page, { width, height }, checkpoint) : [];
  return { image: { width, height, rgb }, layer };
}

/** Keeps what a checkpoint throws until PDFium has returned: an exception must not pass through it. */
function createStopper(checkpoint: Checkpoint): {
  readonly shouldStop: () => boolean;
  readonly throwIfStopped: () => void;
} {
  let stopped: { readonly error: unknown } | undefined;
  return {
    shouldStop() {
      try {
        checkpoint();
        return false;
      } catch (error) {
        stopped = { error };
        return true;
      }
    },
    throwIfStopped() {
      if (stopped !== undefined) throw stopped.error;
    },
  };
}

/** An IFSDK_PAUSE, by which PDFium asks after every piece whether to stop. @returns its address */
function pauseStructure(pdfium: PdfDocument['pdfium'], shouldStop: () => boolean): number {
  const needToPauseNow = pdfium.addFunction(() => Number(shouldStop()), 'ii');
  const [version, userData] = [1, 0];
  const fields = [version, needToPauseNow, userData];
  const address = pdfium.malloc(Int32Array.BYTES_PER_ELEMENT * fields.length);
  new Int32Array(pdfium.memory.buffer, address, fields.length).set(fields);
  return address;
}
