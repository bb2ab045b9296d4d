import { Feature_Type } from '../../../gen/yandex/cloud/ai/vision/v1/vision_service.js';
import { modelsFolder } from '../../config.js';
import { text } from '../../settings/option.js';
import { backboneOf, type BackboneJobs } from '../backbone/backbone.js';
import { defineFeature, requestBy, type FeatureDependencies } from '../feature.js';
import { textCoverageOf, type TextJobs } from '../text-detection/feature.js';
import type { ClassificationJobs } from './classification-jobs.js';

/** The summary lists all properties of models that have no more than this, */
const maxListed = 10;
/** and those of at least this probability of the others, such as the object detector: most are near 0. */
const minListedProbability = 0.1;

export const classification = defineFeature({
  type: Feature_Type.CLASSIFICATION,
  annotation: 'classification',
  config: 'classificationConfig',
  work: { base: 60, perMegapixel: 20 },
  async open({ pool, config }: FeatureDependencies<ClassificationJobs & BackboneJobs & TextJobs>) {
    const { analyzeClassification } = await import('./analyze-classification.js');
    const { createClassifiers } = await import('./classifiers.js');
    const classifiers = createClassifiers({
      pool,
      backbone: backboneOf(pool),
      textCoverage: textCoverageOf(pool),
      folder: modelsFolder(config),
    });
    return {
      analyze: async (image, settings, { signal }) => ({
        $case: 'classification',
        value: await analyzeClassification(classifiers, image, settings, signal),
      }),
    };
  },
  loadJobs: async () => (await import('./classification-jobs.js')).loadClassificationJobs(),
  request: requestBy(
    { classify: text('NAMES', 'Runs classification models, for example moderation,objects.') },
    ({ classify }) =>
      (classify?.split(',') ?? []).map((model) => ({
        type: Feature_Type.CLASSIFICATION,
        config: { $case: 'classificationConfig', value: { model } },
      })),
  ),
  heading: (settings) => settings?.model ?? 'classification',
  summarize({ properties }) {
    const listed = properties.filter(
      ({ probability }) => properties.length <= maxListed || probability >= minListedProbability,
    );
    return listed.map(({ name, probability }) => `${(100 * probability).toFixed(1).padStart(5)}%  ${name}\n`).join('');
  },
});
