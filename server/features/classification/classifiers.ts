import type { ClassifierDependencies, Classifier, ClassifierDirectory } from './classifier.js';
import { createModeration } from './moderation/moderation.js';
import { cocoLabels } from './objects/coco-labels.js';
import { createOperatorModels } from './operator-models/operator-models.js';
import { qualityProperties } from './quality/probabilities.js';

/** All models: those of visiond, then the operator's, which cannot replace them. */
export function createClassifiers(dependencies: ClassifierDependencies): ClassifierDirectory {
  const builtIn = new Map<string, Classifier>([
    ['moderation', createModeration(dependencies)],
    ['quality', createQuality(dependencies)],
    ['objects', createObjects(dependencies)],
  ]);
  const operator = createOperatorModels(dependencies.folder, dependencies.pool);
  return {
    find: async (name) => builtIn.get(name) ?? operator.find(name),
    names: async () => [...new Set([...builtIn.keys(), ...(await operator.names())])],
  };
}

/** The quality of an image as people would rate it: probabilities that sum to 1. */
function createQuality({ pool, backbone }: ClassifierDependencies): Classifier {
  return {
    async classify(image, signal) {
      const { activationMap } = await backbone(image, signal);
      const probabilities = await pool.run('scoreQuality', { image, activationMap }, signal);
      return qualityProperties.map((name) => ({ name, probability: probabilities[name] }));
    },
  };
}

/** The object classes of COCO, the likeliest first. */
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
