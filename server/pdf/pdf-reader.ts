import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { VisionError } from '../errors/errors.js';
import type { Size } from '../image/polygon.js';
import { repositoryRoot } from '../paths.js';
import { JobTooLongError } from '../threads/job-too-long-error.js';
import { WorkerPool } from '../threads/worker-pool.js';
import type { PageLimits } from './page-size.js';
import type { PdfProblem } from './pdf-document.js';
import type { PdfJobs } from './pdf-jobs.js';
import type { RenderedPage } from './render-page.js';

export interface PdfReaderOptions {
  readonly limits: PageLimits;
  /** Time that opening a file, or rendering a page, may take. */
  readonly seconds: number;
  /** Whether the text layers of pages are read, too. */
  readonly withLayer: boolean;
  readonly onCrash: (error: Error) => void;
  readonly onLost: (left: number, cause: Error) => void;
}

/**
 * Threads that render. A page takes a tenth of the time that it takes to read it, and one of them goes on while the other
 * is held up by a hostile file.
 */
export const pdfThreads = 2;

/**
 * Renders the pages of PDF files on threads of its own, which are started with the first file. They run WebAssembly only,
 * so that one that does not come back from a file can be ended: a thread with native code, as those of the features, cannot.
 */
export class PdfReader {
  readonly #options: PdfReaderOptions;
  #pool: WorkerPool<PdfJobs> | undefined;

  constructor(options: PdfReaderOptions) {
    this.#options = options;
  }

  /**
   * Sizes of the images of all pages, in pixels. At next to no cost, but for a file that is built to take time.
   * @throws VisionError PDF_ENCRYPTED, PDF_UNREADABLE, TOO_MANY_PAGES or PDF_TOO_SLOW, or the signal's reason
   */
  async measure(content: Uint8Array, signal: AbortSignal): Promise<readonly Size[]> {
    const { limits } = this.#options;
    const outcome = await this.#run((pool) => pool.run('measurePdf', { content, limits }, signal));
    if ('problem' in outcome) throw this.#errorOf(outcome.problem);
    return outcome.sizes;
  }

  /** A page as an image. @param page from 1 @throws as `measure` does */
  async render(content: Uint8Array, page: number, signal: AbortSignal): Promise<RenderedPage> {
    const { limits, withLayer } = this.#options;
    const input = { content, index: page - 1, limits, withLayer };
    const outcome = await this.#run((pool) => pool.run('renderPage', input, signal));
    if ('problem' in outcome) throw this.#errorOf(outcome.problem);
    return outcome;
  }

  async close(): Promise<void> {
    await this.#pool?.close();
  }

  async #run<Result>(work: (pool: WorkerPool<PdfJobs>) => Promise<Result>): Promise<Result> {
    const { seconds, onCrash, onLost } = this.#options;
    this.#pool ??= new WorkerPool<PdfJobs>({
      name: 'PDF',
      // Tests run the TypeScript sources, but threads need compiled code.
      entry: pathToFileURL(join(repositoryRoot, 'dist/server/pdf/pdf-worker.js')),
      size: pdfThreads,
      workerData: undefined,
      endAfterSeconds: seconds,
      onCrash,
      onLost,
    });
    try {
      return await work(this.#pool);
    } catch (error) {
      throw error instanceof JobTooLongError ? VisionError.of('PDF_TOO_SLOW', { seconds }) : error;
    }
  }

  #errorOf(problem: PdfProblem): VisionError {
    const { maxPages: limit } = this.#options.limits;
    if (problem.kind === 'encrypted') return VisionError.of('PDF_ENCRYPTED');
    if (problem.kind === 'pages') return VisionError.of('TOO_MANY_PAGES', { pages: problem.pages, limit });
    return VisionError.of('PDF_UNREADABLE', { problem: problem.text });
  }
}
