import type { Size } from '../image/polygon.js';
import { noCheckpoint, retireThread, type JobHandlers } from '../threads/jobs.js';
import { renderedSize, type PageLimits } from './page-size.js';
import {
  openDocument,
  pageSize,
  PdfProblemError,
  problemOf,
  unreadable,
  type PdfDocument,
  type PdfProblem,
} from './pdf-document.js';
import { compilePdfium, createPdfium } from './pdfium.js';
import { renderPage, type RenderedPage } from './render-page.js';

/**
 * Memory of an instance that is left to V8, which frees it some time later. After files of 512 MB, twice that was left
 * for as long as the thread lived.
 */
const maxKeptBytes = 128 * 2 ** 20;

/** A result, or what is wrong with the file. Errors lose their type on the way between threads. */
type Outcome<Result> = Result | { readonly problem: PdfProblem };

/** The jobs of the threads that render PDF. */
export type PdfJobs = {
  /** Sizes of the images of all pages. Reads no more of the file than that takes. */
  measurePdf: { input: { content: Uint8Array; limits: PageLimits }; output: Outcome<{ sizes: Size[] }> };
  /** The image of a page. `index` is from 0. */
  renderPage: {
    input: { content: Uint8Array; index: number; limits: PageLimits; withLayer?: boolean };
    output: Outcome<RenderedPage>;
  };
};

/** Compiles PDFium on the calling thread. */
export async function loadPdfJobs(): Promise<JobHandlers<PdfJobs>> {
  const module = await compilePdfium();
  const withDocument = async <Result>(
    content: Uint8Array,
    work: (document: PdfDocument) => Result,
  ): Promise<Outcome<Result>> => {
    const pdfium = await createPdfium(module);
    try {
      return work(openDocument(pdfium, content));
    } catch (error) {
      return { problem: problemOf(error, pdfium) };
    } finally {
      if (pdfium.memory.buffer.byteLength > maxKeptBytes) retireThread();
    }
  };
  return {
    measurePdf: ({ content, limits }, checkpoint = noCheckpoint) =>
      withDocument(content, (document) => {
        const { pages } = document;
        if (pages > limits.maxPages) throw new PdfProblemError({ kind: 'pages', pages });
        const sizes = Array.from({ length: pages }, (_, index) => {
          checkpoint();
          return sizeOf(document, index, limits);
        });
        return { sizes };
      }),
    renderPage: ({ content, index, limits, withLayer = false }, checkpoint = noCheckpoint) =>
      withDocument(content, (document) => {
        checkpoint();
        return renderPage(document, index, sizeOf(document, index, limits), withLayer, checkpoint);
      }),
  };
}

function sizeOf(document: PdfDocument, index: number, limits: PageLimits): Size {
  const points = pageSize(document, index);
  const size = renderedSize(points, limits);
  // Single precision has no more digits.
  const [width, height] = [points.width, points.height].map((side) => Number(side.toPrecision(6)));
  if (size === undefined) throw unreadable(`page ${index + 1} has a size of ${width} x ${height} points`);
  return size;
}
