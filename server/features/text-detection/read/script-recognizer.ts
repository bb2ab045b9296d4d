import { lazy } from '../../../inference/lazy.js';
import type { LineSource } from '../line/crop-line.js';
import type { RecognizedLine } from '../line/recognized-line.js';
import { pulledReader } from './pulled-data.js';
import type { LineRecognizer, Reader } from './recognizer.js';
import { TesseractRecognizer, tesseractReader, type TesseractData } from './tesseract-recognizer.js';

/** Reads lines in languages whose data are given, by Tesseract if it names no other reader. */
export interface ReadScripts {
  read(line: LineSource, data: readonly TesseractData[]): Promise<RecognizedLine & { readonly reader?: Reader }>;
}

/**
 * Reads the scripts that no packaged recognizer reads, on the calling thread: by a pulled recognizer where there is one, and
 * by Tesseract. Pulled recognizers stay loaded.
 */
export class ScriptRecognizer implements ReadScripts {
  readonly #tesseract = new TesseractRecognizer();
  readonly #pulled = new Map<string, () => Promise<LineRecognizer>>();

  /** Reads a line in any of the languages. If it is read in several ways, the most certain is returned. */
  async read(line: LineSource, data: readonly TesseractData[]): Promise<RecognizedLine & { readonly reader: Reader }> {
    const rest = data.filter(({ network }) => network === undefined);
    const readings = [];
    for (const { network: model, path } of data) {
      if (model === undefined) continue;
      const load = this.#pulled.get(path) ?? lazy(async () => (await loader()).loadPulledRecognizer({ model, path }));
      this.#pulled.set(path, load);
      readings.push({ ...(await (await load()).read(line)), reader: pulledReader });
    }
    // Pulled recognizers read English themselves.
    if (readings.length === 0 || rest.some(({ name }) => name !== 'eng')) {
      readings.push({ ...(await this.#tesseract.read(line, rest)), reader: tesseractReader });
    }
    return readings.reduce((best, next) => (next.confidence > best.confidence ? next : best));
  }
}

/** Only who reads by a network imports its runtime. */
function loader(): Promise<typeof import('./ctc/pulled-recognizers.js')> {
  return import('./ctc/pulled-recognizers.js');
}
