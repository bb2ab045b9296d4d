import type { FeatureResult } from '../../../gen/yandex/cloud/ai/vision/v1/vision_service.js';

/** The text of a result as a person would type it: lines below each other, an empty line between blocks. */
export function plainText(result: FeatureResult | undefined): string {
  if (result?.feature?.$case !== 'textDetection') return '';
  const blocks = result.feature.value.pages.flatMap((page) => page.blocks);
  return blocks
    .map(({ lines }) => lines.map(({ words }) => `${words.map(({ text }) => text).join(' ')}\n`).join(''))
    .join('\n');
}
