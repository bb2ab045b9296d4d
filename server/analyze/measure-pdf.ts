import { PdfPages } from '../../gen/visiond/engine/v1/engine.js';
import type { Size } from '../image/polygon.js';
import type { PdfReader } from '../pdf/pdf-reader.js';
import {
  callMethod,
  handlerOf,
  type Engine,
  type EngineCall,
  type EngineHandler,
  type EngineMethod,
} from './engine.js';

/** The pages of a PDF as images, asked before the file is admitted. */
const method: EngineMethod<Uint8Array, PdfPages> = {
  path: 'measurePdf',
  requestSerialize: (content) => content,
  requestDeserialize: (bytes) => bytes,
  responseSerialize: (pages) => PdfPages.encode(pages).finish(),
  responseDeserialize: (bytes) => PdfPages.decode(bytes),
};

/** What an engine does for `measurePdf`. */
export function measureHandler(pdf: Pick<PdfReader, 'measure'>): readonly [path: string, handler: EngineHandler] {
  return handlerOf(method, async (content, { signal }) => ({ pages: [...(await pdf.measure(content, signal))] }));
}

/**
 * The sizes of the pages of a PDF, in pixels, at the resolution of the engine.
 * @throws VisionError ENGINE_LOST or those of PdfReader.measure, or the signal's reason
 */
export async function measurePdf(
  engine: Engine,
  content: Uint8Array,
  { folderId, requestId, signal }: EngineCall,
): Promise<readonly Size[]> {
  return (await callMethod(engine, method, content, { folderId, requestId, signal })).pages;
}
