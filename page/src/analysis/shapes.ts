import type { Block, Line, Polygon, TextPage } from '../api/analysis.js';

/** What is outlined over an image. */
export const levels = ['words', 'lines', 'blocks', 'none'] as const;
export type Level = (typeof levels)[number];

/** A polygon over an image, with what it says. */
export interface Shape {
  /** Shared by what belongs together in image and text: `P.B` for a block, `P.B.L` for a line, `P.B.L.W` for a word. */
  readonly key: string;
  readonly polygon: Polygon;
  readonly text: string;
  /** 0 to 1, undefined where there is none. */
  readonly confidence: number | undefined;
}

export function lineText({ words }: Line): string {
  return words.map(({ text }) => text).join(' ');
}

export function blockText({ lines }: Block): string {
  return lines.map(lineText).join('\n');
}

/** A page as plain text: a line each, and an empty line between blocks. */
export function pageText({ blocks }: TextPage): string {
  return blocks.map(blockText).join('\n\n');
}

/** The shapes of a page at a level. @param page its number, from 0 */
export function shapesOf({ blocks }: TextPage, page: number, level: Level): readonly Shape[] {
  switch (level) {
    case 'none':
      return [];
    case 'blocks':
      return blocks.map((block, index) => ({
        key: `${page}.${index}`,
        polygon: block.polygon,
        text: blockText(block),
        confidence: undefined,
      }));
    case 'lines':
      return blocks.flatMap(({ lines }, block) =>
        lines.map((line, index) => ({
          key: `${page}.${block}.${index}`,
          polygon: line.polygon,
          text: lineText(line),
          confidence: line.confidence,
        })),
      );
    case 'words':
      break;
  }
  return blocks.flatMap(({ lines }, block) =>
    lines.flatMap(({ words }, line) =>
      words.map((word, index) => ({
        key: `${page}.${block}.${line}.${index}`,
        polygon: word.polygon,
        text: word.text,
        confidence: word.confidence,
      })),
    ),
  );
}

/** A polygon as the attribute `points` of SVG. */
export function pointsOf(polygon: Polygon): string {
  return polygon.map(({ x, y }) => `${x},${y}`).join(' ');
}

/** The upright rectangle around a polygon. */
export function boundsOf(polygon: Polygon): { x: number; y: number; width: number; height: number } {
  const [xs, ys] = [polygon.map(({ x }) => x), polygon.map(({ y }) => y)];
  if (polygon.length === 0) return { x: 0, y: 0, width: 0, height: 0 };
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}

/**
 * Whether two keys belong together: the same word, or a word and its line or block. A hovered word lights up its word, or
 * the line or block that is outlined instead; a hovered line lights up its words.
 */
export function belongsTo(one: string, other: string): boolean {
  return one === other || one.startsWith(`${other}.`) || other.startsWith(`${one}.`);
}

/** How sure the recognizer is, in three grades for the eye. */
export function gradeOf(confidence: number): 'sure' | 'fair' | 'doubtful' {
  if (confidence >= 0.9) return 'sure';
  return confidence >= 0.7 ? 'fair' : 'doubtful';
}
