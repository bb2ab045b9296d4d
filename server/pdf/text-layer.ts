import type { Rectangle, Size } from '../image/polygon.js';
import type { LayerWord } from '../image/text-layer.js';
import type { Checkpoint } from '../threads/jobs.js';
import type { Pdfium } from './pdfium.js';

/** More than any page has that can be read. */
const maxCharacters = 100_000;
/** Characters between two checkpoints. */
const stride = 1000;
const floatBytes = 4;

/**
 * The words of a page by its text layer: visible or not, in the order of the file.
 * @param page address of its FPDF_PAGE
 * @param size of its image, in pixels
 * @returns none for a page with too many characters
 */
export function readTextLayer(pdfium: Pdfium, page: number, size: Size, checkpoint: Checkpoint): LayerWord[] {
  const text = pdfium.FPDFText_LoadPage(page);
  const count = text === 0 ? 0 : pdfium.FPDFText_CountChars(text);
  if (count > maxCharacters) return [];
  const toPixels = createMapping(pdfium, page, size);
  const box = pdfium.malloc(4 * floatBytes);
  const words: LayerWord[] = [];
  let letters = '';
  let bounds: Rectangle | undefined;
  const endWord = (): void => {
    if (letters !== '' && bounds !== undefined) words.push({ text: letters, ...toPixels(bounds) });
    letters = '';
    bounds = undefined;
  };
  for (let index = 0; index < count; index++) {
    if (index % stride === 0) checkpoint();
    const letter = letterOf(pdfium.FPDFText_GetUnicode(text, index));
    if (/^\s$/u.test(letter)) {
      endWord();
      continue;
    }
    if (pdfium.FPDFText_GetLooseCharBox(text, index, box) === 0) continue;
    const view = new DataView(pdfium.memory.buffer, box);
    const [left = 0, top = 0, right = 0, bottom = 0] = [0, 1, 2, 3].map((at) => view.getFloat32(at * floatBytes, true));
    bounds = bounds === undefined ? { left, top, right, bottom } : union(bounds, { left, top, right, bottom });
    letters += letter;
  }
  endWord();
  return words;
}

/** What stands for nothing that can be read is a replacement character, which nobody sees in print. */
function letterOf(code: number): string {
  const isCharacter = code > 0 && code <= 0x10_ff_ff && !(code >= 0xd8_00 && code <= 0xdf_ff);
  return isCharacter ? String.fromCodePoint(code) : '\u{fffd}';
}

/** In the coordinates of the page, where the top is larger than the bottom. */
function union(a: Rectangle, b: Rectangle): Rectangle {
  return {
    left: Math.min(a.left, b.left),
    top: Math.max(a.top, b.top),
    right: Math.max(a.right, b.right),
    bottom: Math.min(a.bottom, b.bottom),
  };
}

/** From the coordinates of the page to pixels, with its crop box and rotation. */
function createMapping(pdfium: Pdfium, page: number, { width, height }: Size): (area: Rectangle) => Rectangle {
  const intBytes = 4;
  const place = pdfium.malloc(2 * intBytes);
  const pixelOf = (x: number, y: number): { x: number; y: number } => {
    pdfium.FPDF_PageToDevice(page, 0, 0, width, height, 0, x, y, place, place + intBytes);
    const view = new DataView(pdfium.memory.buffer, place);
    return { x: view.getInt32(0, true), y: view.getInt32(intBytes, true) };
  };
  return ({ left, top, right, bottom }) => {
    const [a, b] = [pixelOf(left, top), pixelOf(right, bottom)];
    return {
      left: Math.min(a.x, b.x),
      top: Math.min(a.y, b.y),
      right: Math.max(a.x, b.x),
      bottom: Math.max(a.y, b.y),
    };
  };
}
