import type { ClassAnnotation } from '../../../gen/yandex/cloud/ai/vision/v1/classification.js';
import type { FeatureClassificationConfig } from '../../../gen/yandex/cloud/ai/vision/v1/vision_service.js';
import { VisionError } from '../../errors/errors.js';
import type { Image } from '../../image/image.js';
import type { ClassifierDirectory } from './classifier.js';

/**
 * Classifies an image with the model that the config names.
 * @throws VisionError INVALID_FEATURE_CONFIG without a config, MODEL_UNKNOWN with the names of the existing models,
 * MODEL_UNUSABLE for a broken model of the operator, or the signal's reason
 */
export async function analyzeClassification(
  models: ClassifierDirectory,
  image: Image,
  config: FeatureClassificationConfig | undefined,
  signal: AbortSignal,
): Promise<ClassAnnotation> {
  if (config === undefined) {
    throw VisionError.of('INVALID_FEATURE_CONFIG', { problem: 'classification_config is required' });
  }
  const { model } = config;
  const classifier = await models.find(model);
  if (classifier === undefined) {
    const known = (await models.names()).join(', ');
    throw VisionError.of('MODEL_UNKNOWN', { model, feature: 'CLASSIFICATION', known });
  }
  return { properties: await classifier.classify(image, signal) };
}
