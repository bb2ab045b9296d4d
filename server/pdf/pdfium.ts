import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { init } from '@embedpdf/pdfium';

/**
 * The functions of PDFium that are used here. Pointers are addresses in its memory, booleans are 0 or 1. Its headers
 * document them: https://pdfium.googlesource.com/pdfium/+/main/public/.
 */
interface PdfiumExports {
  readonly memory: WebAssembly.Memory;
  readonly malloc: (bytes: number) => number;
  readonly PDFiumExt_Init: () => void;
  readonly FPDF_LoadMemDocument: (file: number, bytes: number, password: number) => number;
  readonly FPDF_GetLastError: () => number;
  readonly FPDF_GetPageCount: (document: number) => number;
  readonly FPDF_GetPageSizeByIndexF: (document: number, page: number, size: number) => number;
  readonly FPDF_LoadPage: (document: number, page: number) => number;
  readonly FPDFBitmap_CreateEx: (
    width: number,
    height: number,
    format: number,
    pixels: number,
    stride: number,
  ) => number;
  readonly FPDFBitmap_FillRect: (
    bitmap: number,
    left: number,
    top: number,
    width: number,
    height: number,
    color: number,
  ) => number;
  readonly FPDFBitmap_GetBuffer: (bitmap: number) => number;
  readonly FPDFBitmap_GetStride: (bitmap: number) => number;
  readonly FPDF_RenderPageBitmap_Start: (
    bitmap: number,
    page: number,
    left: number,
    top: number,
    width: number,
    height: number,
    rotate: number,
    flags: number,
    pause: number,
  ) => number;
  readonly FPDF_RenderPage_Continue: (page: number, pause: number) => number;
  readonly FPDFText_LoadPage: (page: number) => number;
  readonly FPDFText_CountChars: (text: number) => number;
  readonly FPDFText_GetUnicode: (text: number, index: number) => number;
  readonly FPDFText_GetLooseCharBox: (text: number, index: number, box: number) => number;
  readonly FPDF_PageToDevice: (
    page: number,
    left: number,
    top: number,
    width: number,
    height: number,
    rotate: number,
    pageX: number,
    pageY: number,
    deviceX: number,
    deviceY: number,
  ) => number;
  readonly PDFiumExt_OpenFormFillInfo: () => number;
  readonly PDFiumExt_InitFormFillEnvironment: (document: number, info: number) => number;
  readonly FPDF_FFLDraw: (
    form: number,
    bitmap: number,
    page: number,
    left: number,
    top: number,
    width: number,
    height: number,
    rotate: number,
    flags: number,
  ) => void;
}

/** What the package adds for JavaScript. */
interface Runtime {
  /** Makes a function callable for PDFium. @returns its address */
  readonly addFunction: (callback: (argument: number) => number, signature: string) => number;
}

/** An instance of PDFium with its own memory. It works on the calling thread. */
export interface Pdfium extends PdfiumExports, Runtime {
  /** Whether it was refused memory. It cannot be used any more then. */
  readonly isOutOfMemory: () => boolean;
}

/** Memory that a file may take, in bytes. A scan of 20 megapixels as JPEG 2000 takes most of it. */
export const maxMemoryBytes = 512 * 2 ** 20;

const functions = [
  'malloc',
  'PDFiumExt_Init',
  'FPDF_LoadMemDocument',
  'FPDF_GetLastError',
  'FPDF_GetPageCount',
  'FPDF_GetPageSizeByIndexF',
  'FPDF_LoadPage',
  'FPDFBitmap_CreateEx',
  'FPDFBitmap_FillRect',
  'FPDFBitmap_GetBuffer',
  'FPDFBitmap_GetStride',
  'FPDF_RenderPageBitmap_Start',
  'FPDF_RenderPage_Continue',
  'FPDFText_LoadPage',
  'FPDFText_CountChars',
  'FPDFText_GetUnicode',
  'FPDFText_GetLooseCharBox',
  'FPDF_PageToDevice',
  'PDFiumExt_OpenFormFillInfo',
  'PDFiumExt_InitFormFillEnvironment',
  'FPDF_FFLDraw',
] as const satisfies ReadonlyArray<keyof PdfiumExports>;

type Imports = Record<string, Record<string, unknown>>;

/** Compiles the code of PDFium. An instance of it then takes four milliseconds. */
export async function compilePdfium(): Promise<WebAssembly.Module> {
  const path = createRequire(import.meta.url).resolve('@embedpdf/pdfium/pdfium.wasm');
  return new WebAssembly.Module(new Uint8Array(await readFile(path)));
}

/** Creates an instance, for one file only: what a hostile one does to its memory is gone with it. */
export async function createPdfium(module: WebAssembly.Module): Promise<Pdfium> {
  let exports: WebAssembly.Exports = {};
  let isOutOfMemory = false;
  const overrides = {
    instantiateWasm(imports: Imports, receive: (instance: WebAssembly.Instance) => void): WebAssembly.Exports {
      const limited = withMemoryLimit(imports, () => (isOutOfMemory = true));
      const instance = new WebAssembly.Instance(module, limited);
      exports = instance.exports;
      receive(instance);
      return exports;
    },
    // It prints where it stops. What a file makes of it is not for the log.
    print() {},
    printErr() {},
  };
  const { pdfium: runtime }: { readonly pdfium: unknown } = await init(overrides);
  if (!isPdfium(exports) || !isRuntime(runtime)) throw new Error('@embedpdf/pdfium has other functions than expected');
  exports.PDFiumExt_Init();
  return {
    ...exports,
    addFunction: (callback, signature) => runtime.addFunction(callback, signature),
    isOutOfMemory: () => isOutOfMemory,
  };
}

/** Refuses to let the memory grow beyond the limit: PDFium then stops with an error. */
function withMemoryLimit(imports: Imports, onRefused: () => void): Imports {
  const grow = imports['env']?.['emscripten_resize_heap'];
  if (typeof grow !== 'function') throw new Error('@embedpdf/pdfium asks for memory in another way than expected');
  const growWithinLimit = (bytes: number): unknown => {
    // An unsigned integer, of which JavaScript gets the bits of a signed one.
    if (bytes >>> 0 <= maxMemoryBytes) return Reflect.apply(grow, undefined, [bytes]);
    onRefused();
    return 0;
  };
  return { ...imports, env: { ...imports['env'], emscripten_resize_heap: growWithinLimit } };
}

function isPdfium(exports: WebAssembly.Exports): exports is WebAssembly.Exports & PdfiumExports {
  return 'memory' in exports && functions.every((name) => typeof exports[name] === 'function');
}

function isRuntime(value: unknown): value is Runtime {
  return typeof value === 'object' && value !== null && 'addFunction' in value;
}
