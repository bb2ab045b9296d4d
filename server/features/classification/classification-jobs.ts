import type { Image } from '../../image/image.js';
import type { JobHandlers } from '../../threads/jobs.js';
import type { ActivationMap } from '../backbone/backbone.js';
import { secondOpinion } from './moderation/second-opinion.js';
import { scoreObjects } from './objects/objects.js';
import type { OperatorModel } from './operator-models/operator-input.js';
import { OperatorModelRunner, type OperatorAnswer } from './operator-models/operator-model-runner.js';
import type { QualityProbabilities } from './quality/probabilities.js';
import { scoreQuality } from './quality/score-quality.js';

/** The jobs of classification that run on inference threads. */
export type ClassificationJobs = {
  /** Probabilities of the larger moderation network: Drawing, Hentai, Neutral, Porn, Sexy. */
  secondOpinion: { input: { image: Image }; output: Float32Array };
  /** The quality of an image as people would rate it, from its pixels and the activation map of the backbone. */
  scoreQuality: { input: { image: Image; activationMap: ActivationMap }; output: QualityProbabilities };
  /** Scores of the object classes of COCO, in the order of their labels. */
  scoreObjects: { input: { image: Image }; output: number[] };
  /** Probabilities by an operator's model, or what is wrong with it. */
  runOperatorModel: { input: { image: Image; model: OperatorModel }; output: OperatorAnswer };
};

/** Every network is loaded with the first image that needs it. */
export function loadClassificationJobs(): JobHandlers<ClassificationJobs> {
  const runner = new OperatorModelRunner();
  return {
    secondOpinion: ({ image }, checkpoint) => secondOpinion(image, checkpoint),
    scoreQuality: async ({ image, activationMap }, checkpoint) => scoreQuality(image, activationMap, checkpoint),
    scoreObjects: ({ image }, checkpoint) => scoreObjects(image, checkpoint),
    runOperatorModel: ({ image, model }) => runner.run(image, model),
  };
}
