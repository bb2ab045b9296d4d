import { Feature_Type, type Feature } from '../../../gen/yandex/cloud/ai/vision/v1/vision_service.js';
import { modelsFolder, type Config } from '../../config.js';
import { createPulledModelFinder, type PulledModel } from '../../inference/pulled-models.js';
import { flag, text } from '../../settings/option.js';
import { defineFeature, requestBy, type FeatureDependencies } from '../feature.js';
import { lineFinderOf } from './find/line-finder.js';
import { findDetector, pulledDetectorOf } from './find/pulled-detector.js';
import { plainText, textOverlay } from './plain-text.js';
import { preferPulled } from './read/pulled-data.js';
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
  async open({ pool, config, readiness }: FeatureDependencies<TextJobs>) {
    const { analyzeText } = await import('./analyze-text.js');
    const finderOf = pulledFinders(config, readiness);
    const detector = findDetector(finderOf);
    pulledDetectorOf(pool).find = detector;
    const dependencies = {
      pool,
      findLines: lineFinderOf(pool),
      data: preferPulled(languageDataFinder(config), finderOf),
      polygons: config.polygons,
    };
    return {
      analyze: async (image, settings, { layer, signal }) => ({
        $case: 'textDetection',
        value: await analyzeText(dependencies, image, settings, signal, layer),
      }),
      ready: async () => void (await detector()),
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

/** Returns what finds a pulled model. Models whose files are damaged are a trouble until they are pulled again. */
function pulledFinders(
  config: Config,
  readiness: FeatureDependencies<TextJobs>['readiness'],
): (model: PulledModel) => () => Promise<string | undefined> {
  const damaged = new Map<string, Error>();
  return (model) =>
    createPulledModelFinder(model, modelsFolder(config), (problem) => {
      if (problem === undefined) damaged.delete(model.name);
      else damaged.set(model.name, problem);
      const [cause] = damaged.values();
      const names = [...damaged.keys()].join(', ');
      const sentence = `Model files of text detection are damaged or cannot be read: ${names}. Text is read without them until they are pulled again.`;
      readiness.report('text models', cause && { severity: 'degraded', sentence, cause });
    });
}

function requestText(languageCodes: string[], model: string): Feature {
  return {
    type: Feature_Type.TEXT_DETECTION,
    config: { $case: 'textDetectionConfig', value: { languageCodes, model } },
  };
}
