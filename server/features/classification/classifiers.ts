import type { ClassifierDependencies, Classifier, ClassifierDirectory } from './classifier.js';
import { createModeration } from './moderation/moderation.js';
import { cocoLabels } from './objects/coco-labels.js';
import { createOperatorModels } from './operator-models/operator-models.js';
import { qualityProperties } from './quality/probabilities.js';

/** All models: those that come with visiond, then the operator's. Ours keep their names. */
export function createClassifiers(engine: ClassifierDependencies): ClassifierDirectory {
  const own = new Map<string, Classifier>([
    ['moderation', createModeration(engine)],
    ['quality', createQuality(engine)],
    ['objects', createObjects(engine)],
  ]);
  const operator = createOperatorModels(engine.folder, engine.pool);
  return {
    find: async (name) => own.get(name) ?? operator.find(name),
    names: async () => [...new Set([...own.keys(), ...(await operator.names())])],
  };
}

/** How good people would find an image: probabilities that sum to 1. */
function createQuality({ pool, backbone }: ClassifierDependencies): Classifier {
  return {
    async classify(image, signal) {
      const { activationMap } = await backbone(image, signal);
      const probabilities = await pool.run('scoreQuality', { image, activationMap }, signal);
      return qualityProperties.map((name) => ({ name, probability: probabilities[name] }));
    },
  };
}

/** The things of COCO, the likeliest first. */
function createObjects({ pool }: ClassifierDependencies): Classifier {
  return {
    async classify(image, signal) {
      const scores = await pool.run('scoreObjects', { image }, signal);
      return cocoLabels
        .map((name, index) => ({ name, probability: scores[index] ?? 0 }))
        .toSorted((a, b) => b.probability - a.probability);
    },
  };
}
