import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import sharp, { type Sharp } from 'sharp';

export type FontFace = keyof typeof files;

const files = {
  sans: 'DejaVuSans',
  bold: 'DejaVuSans-Bold',
  condensed: 'DejaVuSansCondensed',
  mono: 'DejaVuSansMono',
  serif: 'DejaVuSerif',
} as const;

/** A text to draw. `x` and `y` are the left end of its baseline, `size` is in pixels. */
export interface DrawnText {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly size: number;
  /** `sans` where it is left out. */
  readonly face?: FontFace;
  /** Degrees clockwise about the left end of the baseline. */
  readonly angle?: number;
}

/** The part of opentype.js that is used. The package has no types of its own. */
interface Glyph {
  readonly advanceWidth: number;
  getPath(x: number, y: number, size: number): { toPathData(decimals: number): string };
}
interface Font {
  readonly unitsPerEm: number;
  charToGlyph(character: string): Glyph;
}

const require = createRequire(import.meta.url);
const opentype: { parse(file: ArrayBuffer): Font } = require('opentype.js');
const fonts = new Map<FontFace, Font>();

/** Draws texts in black DejaVu on white. */
export function drawTexts(width: number, height: number, texts: readonly DrawnText[]): Sharp {
  return drawShapes(
    width,
    height,
    texts
      .map((text) => `<path transform="rotate(${text.angle ?? 0} ${text.x} ${text.y})" d="${outline(text)}"/>`)
      .join(''),
  );
}

/** Draws SVG shapes on white. */
export function drawShapes(width: number, height: number, shapes: string): Sharp {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="white"/>${shapes}</svg>`;
  return sharp(Buffer.from(svg)).flatten({ background: 'white' });
}

/** Texts below each other, from the top left. */
export function stacked(lines: readonly string[], size: number, margin = 40): DrawnText[] {
  return lines.map((text, index) => ({ text, x: margin, y: margin + size + index * size * 1.8, size }));
}

/**
 * A text as SVG path data, so that the machine needs no fonts. Glyph by glyph: DejaVu has substitutions that opentype.js
 * does not know, and none that plain text needs.
 */
export function outline({ text, x, y, size, face = 'sans' }: DrawnText): string {
  const font = fontOf(face);
  let path = '';
  for (const character of text) {
    const glyph = font.charToGlyph(character);
    path += glyph.getPath(x, y, size).toPathData(2);
    x += (glyph.advanceWidth / font.unitsPerEm) * size;
  }
  return path;
}

/** How far a text reaches to the right of its start, in the unit of its size. */
export function textWidth({ text, size, face = 'sans' }: Pick<DrawnText, 'text' | 'size' | 'face'>): number {
  const font = fontOf(face);
  let units = 0;
  for (const character of text) units += font.charToGlyph(character).advanceWidth;
  return (units / font.unitsPerEm) * size;
}

function fontOf(face: FontFace): Font {
  const known = fonts.get(face);
  if (known !== undefined) return known;
  const file = readFileSync(require.resolve(`dejavu-fonts-ttf/ttf/${files[face]}.ttf`));
  const font = opentype.parse(new Uint8Array(file).buffer);
  fonts.set(face, font);
  return font;
}
