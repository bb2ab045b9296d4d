import type { Line, TextAnnotation } from '../../../gen/yandex/cloud/ai/vision/v1/text_detection.js';
import type { FeatureResult } from '../../../gen/yandex/cloud/ai/vision/v1/vision_service.js';
import type { Overlay } from '../feature.js';

const colors = { block: [255, 150, 0], line: [20, 110, 255], word: [0, 190, 90] } as const;

/** The text as a person would type it: lines below each other, an empty line between blocks. */
export function plainText({ pages }: TextAnnotation): string {
  return pages
    .flatMap(({ blocks }) => blocks)
    .map(({ lines }) => lines.map((line) => `${textOf(line)}\n`).join(''))
    .join('\n');
}

/** The text of a result, empty for results of other features. */
export function plainTextOf(result: FeatureResult | undefined): string {
  return result?.feature?.$case === 'textDetection' ? plainText(result.feature.value) : '';
}

/** Outlines of blocks, lines and words, and the text of every line. */
export function textOverlay({ pages }: TextAnnotation): Overlay {
  const blocks = pages.flatMap((page) => page.blocks);
  const lines = blocks.flatMap((block) => block.lines);
  const words = lines.flatMap((line) => line.words);
  return {
    outlines: [
      ...blocks.map(({ boundingBox }) => ({ polygon: boundingBox, color: colors.block })),
      ...lines.map(({ boundingBox }) => ({ polygon: boundingBox, color: colors.line })),
      ...words.map(({ boundingBox }) => ({ polygon: boundingBox, color: colors.word })),
    ],
    texts: lines.map((line) => ({ text: textOf(line), polygon: line.boundingBox })),
  };
}

function textOf({ words }: Line): string {
  return words.map(({ text }) => text).join(' ');
}
