import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { gunzipSync } from 'node:zlib';
import { lazy } from '../../../inference/lazy.js';
import type { PulledModel } from '../../../inference/pulled-models.js';
import type { LineCrop, LineSource } from '../line/crop-line.js';
import { joinWords } from '../line/join-words.js';
import { emptyLine, type RecognizedLine, type RecognizedWord } from '../line/recognized-line.js';
import type { Reader } from './recognizer.js';

/** The part of tesseract.js-core that is used here. The package has no types. */
interface TesseractModule {
  readonly FS: { writeFile(path: string, data: Uint8Array): void; unlink(path: string): void };
  readonly TessBaseAPI: new () => TesseractApi;
}

interface TesseractApi {
  Init(dataPath: null, languages: string, engineMode: number): number;
  SetVariable(name: string, value: string): void;
  SetImageFile(exifOrientation: number, angle: number): number;
  Recognize(monitor: null): number;
  GetTSVText(page: number): string;
  Clear(): void;
  End(): void;
}

/** The data of a language: its name in Tesseract and the path of the file, which may be gzipped. */
export interface TesseractData {
  readonly name: string;
  readonly path: string;
  /** A pulled recognizer, which the file is instead of data of Tesseract. */
  readonly network?: PulledModel;
}

export const tesseractReader: Reader = { name: 'tesseract', calibration: { scale: 1.517, offset: -0.479 } };

const lstmOnly = 1;
const singleLine = '7';
/** Height in pixels of the lines that it reads. */
const lineHeight = 48;
/** White pixels around the line: Tesseract misses letters that touch the border. */
const border = 8;
/** Sets of languages that stay loaded. One takes 10 to 40 MB. */
const maxHandles = 3;

const require = createRequire(import.meta.url);

/** Tesseract's LSTM line recognizer in WebAssembly, on the calling thread. The least recently used languages are unloaded. */
export class TesseractRecognizer {
  readonly #module = lazy(loadModule);
  readonly #handles = new Map<string, TesseractApi>();

  /** Reads a line with all languages together. The first should be the most likely. */
  async read(line: LineSource, data: readonly TesseractData[]): Promise<RecognizedLine> {
    const crop = line.cropAtHeight(lineHeight);
    const module = await this.#module();
    const api = await this.#handle(module, data);
    module.FS.writeFile('/input', grayMap(crop));
    if (api.SetImageFile(1, 0) !== 0) throw new Error('Tesseract cannot read the line image');
    api.Recognize(null);
    const recognized = parseTsv(api.GetTSVText(0), crop);
    api.Clear();
    return recognized;
  }

  async #handle(module: TesseractModule, data: readonly TesseractData[]): Promise<TesseractApi> {
    const key = data.map(({ path }) => path).join('\n');
    let api = this.#handles.get(key);
    if (api === undefined) {
      const [oldest] = this.#handles.keys();
      if (oldest !== undefined && this.#handles.size >= maxHandles) {
        this.#handles.get(oldest)?.End();
        this.#handles.delete(oldest);
      }
      api = await initialize(module, data);
    }
    // A map keeps the order of insertion, so the end is the most recently used.
    this.#handles.delete(key);
    this.#handles.set(key, api);
    return api;
  }
}

async function loadModule(): Promise<TesseractModule> {
  // All versions of Node have SIMD. None has relaxed SIMD by default.
  const create: (options: object) => Promise<TesseractModule> = require('tesseract.js-core/tesseract-core-simd-lstm');
  return create({ print: () => {}, printErr: () => {} });
}

async function initialize(module: TesseractModule, data: readonly TesseractData[]): Promise<TesseractApi> {
  const names = data.map(({ name }) => name).join('+');
  for (const { name, path } of data) {
    const file = await readFile(path);
    module.FS.writeFile(`./${name}.traineddata`, path.endsWith('.gz') ? gunzipSync(file) : file);
  }
  const api = new module.TessBaseAPI();
  const status = api.Init(null, names, lstmOnly);
  for (const { name } of data) module.FS.unlink(`./${name}.traineddata`);
  if (status !== 0) throw new Error(`Tesseract cannot use ${data.map(({ path }) => path).join(', ')}`);
  api.SetVariable('tessedit_pageseg_mode', singleLine);
  return api;
}

/** The crop in gray with a white border, as a binary PGM file, which Leptonica reads without decompression. */
function grayMap({ width, height, rgb }: LineCrop): Uint8Array {
  const fullWidth = width + 2 * border;
  const fullHeight = height + 2 * border;
  const header = Buffer.from(`P5\n${fullWidth} ${fullHeight}\n255\n`);
  const file = Buffer.alloc(header.length + fullWidth * fullHeight, 255);
  header.copy(file);
  for (let y = 0, from = 0; y < height; y++) {
    for (let x = 0, to = header.length + (y + border) * fullWidth + border; x < width; x++, to++, from += 3) {
      // ITU-R BT.601 luma.
      file[to] = 0.299 * rgb[from]! + 0.587 * rgb[from + 1]! + 0.114 * rgb[from + 2]!;
    }
  }
  return file;
}

const wordLevel = '5';
/** Tesseract puts them around words that run another way than the line. They are no part of the text. */
const directionMarks = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Columns: level, page, block, paragraph, line, word, left, top, width, height, confidence, text. */
function parseTsv(tsv: string, crop: LineCrop): RecognizedLine {
  const words: RecognizedWord[] = [];
  let confidence = 0;
  let characters = 0;
  for (const row of tsv.split('\n')) {
    const [level, , , , , , left, top, width, height, percent, raw = ''] = row.split('\t');
    const text = raw.replace(directionMarks, '').trim();
    if (level !== wordLevel || text === '') continue;
    const x = Number(left) - border;
    const y = Number(top) - border;
    words.push({
      text,
      left: fraction(x, crop.width),
      right: fraction(x + Number(width), crop.width),
      top: fraction(y, crop.height),
      bottom: fraction(y + Number(height), crop.height),
    });
    confidence += (Math.max(0, Number(percent)) / 100) * text.length;
    characters += text.length;
  }
  if (words.length === 0) return emptyLine;
  return { words: joinWords(words, crop), confidence: Math.min(1, confidence / characters) };
}

function fraction(part: number, whole: number): number {
  return Math.min(1, Math.max(0, part / whole));
}
