import { Feature_Type, type Feature } from '../../../gen/yandex/cloud/ai/vision/v1/vision_service.js';
import { flag, text } from '../../settings/option.js';
import { defineFeature, requestBy, type FeatureDependencies } from '../feature.js';
import { lineFinderOf } from './find/line-finder.js';
import { plainText, textOverlay } from './plain-text.js';
import { languageDataFinder } from './read/tesseract-data.js';
import type { TextJobs } from './text-jobs.js';

export type { TextJobs } from './text-jobs.js';
export { textCoverageOf, type TextCoverage } from './find/text-coverage.js';

export const textDetection = defineFeature({
  type: Feature_Type.TEXT_DETECTION,
  annotation: 'textDetection',
  config: 'textDetectionConfig',
  takesPdf: true,
  work: { base: 400, perMegapixel: 150 },
  async open({ pool, config }: FeatureDependencies<TextJobs>) {
    const { analyzeText } = await import('./analyze-text.js');
    const dependencies = {
      pool,
      findLines: lineFinderOf(pool),
      data: languageDataFinder(config),
      polygons: config.polygons,
    };
    return {
      analyze: async (image, settings, { layer, signal }) => ({
        $case: 'textDetection',
        value: await analyzeText(dependencies, image, settings, signal, layer),
      }),
    };
  },
  loadJobs: async () => (await import('./text-jobs.js')).loadTextJobs(),
  request: requestBy(
    {
      text: text('CODES', 'Reads text in these languages, for example ru,en. The default is *, which detects them.'),
      line: flag('Reads the whole image as one line of text.'),
    },
    ({ text: codes, line }) =>
      codes === undefined && !line ? [] : [requestText(codes?.split(',') ?? ['*'], line ? 'line' : 'page')],
  ),
  heading: () => 'text',
  summarize: plainText,
  overlay: textOverlay,
});

function requestText(languageCodes: string[], model: string): Feature {
  return {
    type: Feature_Type.TEXT_DETECTION,
    config: { $case: 'textDetectionConfig', value: { languageCodes, model } },
  };
}
