import type { Polygon } from '../../gen/yandex/cloud/ai/vision/v1/primitives.js';
import type { Page, TextAnnotation } from '../../gen/yandex/cloud/ai/vision/v1/text_detection.js';

/** Level of a word in the column of that name. */
const wordLevel = '5';

/**
 * The table that Tesseract prints with `tsv`, as an answer of the API: columns level, page_num, block_num, par_num, line_num,
 * word_num, left, top, width, height, conf (0 to 100) and text. Lines and blocks have no boxes.
 */
export function parseTesseractTsv(table: string): TextAnnotation {
  const page: Page = { width: 0n, height: 0n, blocks: [], entities: [] };
  let [blockKey, lineKey] = ['', ''];
  for (const row of table.split('\n')) {
    const [level, pageNumber, block, paragraph, line, , left = 0, top = 0, width = 0, height = 0, confidence, ...rest] =
      row.split('\t');
    const text = rest.join('\t').trim();
    if (level !== wordLevel || text === '') continue;
    if (blockKey !== `${pageNumber} ${block}`) {
      blockKey = `${pageNumber} ${block}`;
      page.blocks.push({ boundingBox: undefined, lines: [] });
    }
    const { lines } = page.blocks.at(-1)!;
    if (lineKey !== `${blockKey} ${paragraph} ${line}`) {
      lineKey = `${blockKey} ${paragraph} ${line}`;
      lines.push({ boundingBox: undefined, words: [], confidence: 0 });
    }
    lines.at(-1)!.words.push({
      boundingBox: rectangle(Number(left), Number(top), Number(width), Number(height)),
      text,
      confidence: Number(confidence) / 100,
      languages: [],
      entityIndex: -1n,
    });
  }
  return { pages: [page] };
}

function rectangle(left: number, top: number, width: number, height: number): Polygon {
  const corner = (x: number, y: number): { x: bigint; y: bigint } => ({ x: BigInt(x), y: BigInt(y) });
  return {
    vertices: [
      corner(left, top),
      corner(left, top + height),
      corner(left + width, top + height),
      corner(left + width, top),
    ],
  };
}
