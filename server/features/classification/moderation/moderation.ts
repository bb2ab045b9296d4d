import type { ClassifierDependencies, Classifier } from '../classifier.js';
import { adultProbability, isDoubtful } from './adult.js';
import { textProbability } from './text.js';

/**
 * Reasons not to show an image, as independent probabilities. The original API also has `gruesome` and `watermarks`.
 * There is no model for them here, so they are left out instead of made up.
 */
export function createModeration({ pool, backbone, textCoverage }: ClassifierDependencies): Classifier {
  return {
    async classify(image, signal) {
      const [coverage, { probabilities }] = await Promise.all([textCoverage(image, signal), backbone(image, signal)]);
      const second = isDoubtful(probabilities)
        ? await pool.run('secondOpinion', { image }, signal, 'heavy')
        : undefined;
      return [
        { name: 'adult', probability: adultProbability(probabilities, second) },
        { name: 'text', probability: textProbability(coverage) },
      ];
    },
  };
}
