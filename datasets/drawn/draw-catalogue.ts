import type { Sharp } from 'sharp';
import { mulberry32 } from '../../server/features/image-copy-search/local-features/seeded-random.js';
import type { Box, LabeledWord } from '../word-boxes.js';
import type { CatalogueTexts } from './catalogue-texts.js';
import { drawShapes, outline, textWidth, type DrawnText } from './draw-text.js';

/** A page of a made-up catalogue, in points of which an inch has 72. */
export interface CataloguePage {
  readonly width: number;
  readonly height: number;
  /** In reading order. */
  readonly texts: readonly DrawnText[];
  /** Rules and curves as SVG. */
  readonly shapes: string;
}

/** How far the boxes of a font reach above and below the baseline, as a share of its size: of DejaVu's tables. */
const [ascent, descent] = [0.928, 0.236];

type Random = () => number;

/**
 * A page of an industrial catalogue: small print, a table of part numbers and dimensions, a chart with upright and turned
 * labels, and an order code. The same seed gives the same page.
 */
export function cataloguePage(words: CatalogueTexts, seed: number): CataloguePage {
  const random = mulberry32(seed);
  const series = `${pick(random, ['HB', 'KA', 'CV', 'TX', 'PM', 'OC'])}${1 + integer(random, 9)}`;
  const parts = [header(words, series, random), smallPrint(words, random), table(words, series, random)];
  parts.push(
    ...[60, 330].map((left) => chart(words, left, random)),
    orderCode(words, series, random),
    footer(words, seed),
  );
  return {
    width: 595,
    height: 842,
    texts: parts.flatMap(({ texts }) => texts),
    shapes: parts.map(({ shapes }) => shapes).join(''),
  };
}

/** Draws a page. @param scale pixels a point */
export function drawCatalogue({ width, height, texts, shapes }: CataloguePage, scale: number): Sharp {
  const glyphs = texts.map(
    (text) => `<path transform="rotate(${text.angle ?? 0} ${text.x} ${text.y})" d="${outline(text)}"/>`,
  );
  return drawShapes(
    Math.round(width * scale),
    Math.round(height * scale),
    `<g transform="scale(${scale})">${shapes}${glyphs.join('')}</g>`,
  );
}

/** The words of a page with the boxes that their font gives them, each text a line. @param scale pixels a point */
export function catalogueWords({ texts }: CataloguePage, scale: number): LabeledWord[][] {
  return texts.map((text) =>
    [...text.text.matchAll(/\S+/g)].map((match) => {
      const start = textWidth({ ...text, text: text.text.slice(0, match.index) });
      const end = start + textWidth({ ...text, text: match[0] });
      const [left, top, right, bottom] = turned(text, start, end);
      return { text: match[0], box: [left * scale, top * scale, right * scale, bottom * scale] as const };
    }),
  );
}

interface Part {
  readonly texts: readonly DrawnText[];
  readonly shapes: string;
}

function header(words: CatalogueTexts, series: string, random: Random): Part {
  return {
    texts: [
      { text: `${pick(random, words.title)} ${series}`, x: 40, y: 52, size: 15, face: 'bold' },
      { text: `${series}-${2000 + integer(random, 8000)}.0${integer(random, 9)}`, x: 480, y: 46, size: 7 },
    ],
    shapes: rule(40, 60, 555, 60, 1.2),
  };
}

function smallPrint(words: CatalogueTexts, random: Random): Part {
  const keys = words.sentences.map(() => random());
  const sentences = words.sentences.toSorted(
    (a, b) => keys[words.sentences.indexOf(a)]! - keys[words.sentences.indexOf(b)]!,
  );
  const face = pick(random, ['condensed', 'serif'] as const);
  const columns = [sentences.slice(0, 4), sentences.slice(4)];
  return {
    texts: columns.flatMap((column, index) =>
      column
        .flatMap((sentence) => wrapped(sentence, 6.5, face, 240))
        .map((text, row): DrawnText => ({ text, x: 40 + index * 265, y: 78 + row * 8.6, size: 6.5, face })),
    ),
    shapes: '',
  };
}

function table(words: CatalogueTexts, series: string, random: Random): Part {
  const lefts = [42, 150, 190, 245, 300, 365, 420];
  const [top, pitch, rows] = [180, 12, 15];
  const separator = words.language === 'ru' ? ',' : '.';
  const decimal = (value: number, digits: number): string => value.toFixed(digits).replace('.', separator);
  const cells = Array.from({ length: rows }, (_, row) => [
    `${series}-${pick(random, ['S316', 'SS', 'B', 'CS'])}-${pick(random, ['04N', '08N', '12G', 'M20'])}${pick(random, ['', '-V', '-K2', '-O'])}`,
    String([6, 8, 10, 15, 20, 25, 32, 40, 50, 65, 80, 100, 125, 150, 200][row]),
    decimal(40 + 300 * random(), 1),
    String(10 + integer(random, 200)),
    decimal(0.1 + 9 * random(), 2),
    decimal(random() * 60, 1),
    `${1 + integer(random, 99)} ${String(integer(random, 1000)).padStart(3, '0')}${separator}${pick(random, ['00', '50', '80'])}`,
  ]);
  return {
    texts: [words.columns, ...cells].flatMap((row, index) =>
      row.map((text, column): DrawnText => ({
        text,
        x: lefts[column]!,
        y: top + index * pitch,
        size: index === 0 ? 6 : 6.5,
        face: index === 0 ? 'bold' : 'condensed',
      })),
    ),
    shapes: Array.from({ length: rows + 2 }, (_, row) =>
      rule(40, top - 9 + row * pitch, 480, top - 9 + row * pitch, 0.4),
    ).join(''),
  };
}

function chart(words: CatalogueTexts, left: number, random: Random): Part {
  const [top, width, height] = [400, 200, 190];
  const isTurned = random() < 0.6;
  const across = [60, 80, 100, 200, 400, 600, 1000, 2000, 6000];
  const up =
    words.language === 'ru'
      ? ['0,1', '0,2', '0,4', '1', '2', '4', '10', '40']
      : ['0.1', '0.2', '0.4', '1', '2', '4', '10', '40'];
  const size = 5.5 + random();
  const x = (index: number): number => left + (index * width) / (across.length - 1);
  const y = (index: number): number => top + height - (index * height) / (up.length - 1);
  const curves = Array.from({ length: 3 }, (_, index) => 0.2 + 0.25 * index + 0.1 * random());
  return {
    texts: [
      {
        text: `${pick(random, words.medium)}, DN${pick(random, ['15', '25', '50'])}`,
        x: left + 40,
        y: top - 8,
        size: 7,
      },
      ...up.map((text, index): DrawnText => ({ text, x: left - 4 - textWidth({ text, size }), y: y(index) + 2, size })),
      { text: words.axes[1], x: left - 24, y: top + height / 2 + 40, size: 6.5, angle: -90 },
      ...across.map((value, index): DrawnText => {
        const text = String(value);
        const extent = textWidth({ text, size });
        return isTurned
          ? { text, x: x(index) + 2, y: top + height + 4 + extent, size, angle: -90 }
          : { text, x: x(index) - extent / 2, y: top + height + 9, size };
      }),
      { text: words.axes[0], x: left + 60, y: top + height + 28, size: 6.5 },
    ],
    shapes:
      across.map((_, index) => rule(x(index), top, x(index), top + height, 0.3)).join('') +
      up.map((_, index) => rule(left, y(index), left + width, y(index), 0.3)).join('') +
      curves
        .map(
          (share) =>
            `<path d="M${left} ${top + height}Q${left + width * share} ${top + height * 0.8} ${left + width} ${top + height * share}" fill="none" stroke="#036" stroke-width="1"/>`,
        )
        .join(''),
  };
}

function orderCode(words: CatalogueTexts, series: string, random: Random): Part {
  const top = 655;
  const values = [
    series,
    pick(random, ['08', '15', '25', '50']),
    pick(random, ['S316', 'CF8M', 'WCB']),
    pick(random, ['NPT', 'G', 'M20x1,5']),
    pick(random, ['24V', '230V', '0']),
  ];
  const x = (index: number): number => 45 + index * 100;
  return {
    texts: [
      { text: words.order, x: 40, y: top, size: 9, face: 'bold' },
      ...values.map((text, index): DrawnText => ({ text, x: x(index), y: top + 20, size: 8, face: 'mono' })),
      ...words.parts.map((text, index): DrawnText => ({ text, x: x(index), y: top + 38, size: 5.5 })),
    ],
    shapes: values
      .map(
        (_, index) =>
          `<rect x="${x(index) - 5}" y="${top + 9}" width="80" height="16" fill="none" stroke="black" stroke-width="0.5"/>`,
      )
      .join(''),
  };
}

function footer(words: CatalogueTexts, seed: number): Part {
  return {
    texts: [
      { text: words.footer, x: 40, y: 800, size: 5.5, face: 'condensed' },
      { text: `www.valves.example/${words.language}/docs/hb2_${seed}.pdf`, x: 40, y: 812, size: 5.5 },
      { text: 'sales@valves.example', x: 300, y: 812, size: 5.5 },
      { text: String(40 + seed), x: 545, y: 812, size: 8 },
    ],
    shapes: rule(40, 790, 555, 790, 0.5),
  };
}

/** A sentence in lines of at most this width. */
function wrapped(sentence: string, size: number, face: 'condensed' | 'serif', width: number): string[] {
  const lines: string[] = [];
  for (const word of sentence.split(' ')) {
    const longer = `${lines.at(-1) ?? ''} ${word}`;
    if (lines.length === 0 || textWidth({ text: longer, size, face }) > width) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

/** The box of a part of a text from `start` to `end` along its baseline, in points. Only quarter turns. */
function turned({ x, y, size, angle = 0 }: DrawnText, start: number, end: number): Box {
  const [above, below] = [ascent * size, descent * size];
  if (angle === -90) return [x - above, y - end, x + below, y - start];
  if (angle === 90) return [x - below, y + start, x + above, y + end];
  return [x + start, y - above, x + end, y + below];
}

function rule(x1: number, y1: number, x2: number, y2: number, width: number): string {
  return `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="#444" stroke-width="${width}"/>`;
}

function integer(random: Random, below: number): number {
  return Math.floor(random() * below);
}

function pick<T>(random: Random, from: readonly T[]): T {
  return from[integer(random, from.length)]!;
}
