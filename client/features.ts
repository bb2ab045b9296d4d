import {
  Feature_Type,
  type Feature,
  type FeatureTextDetectionConfig,
} from '../gen/yandex/cloud/ai/vision/v1/vision_service.js';

/** Reads text. Without languages the server finds out by itself; the model is `page` or `line`. */
export function textDetection({
  languageCodes = ['*'],
  model = 'page',
}: Partial<FeatureTextDetectionConfig> = {}): Feature {
  return {
    type: Feature_Type.TEXT_DETECTION,
    config: { $case: 'textDetectionConfig', value: { languageCodes, model } },
  };
}

/** Asks a classification model. */
export function classification(model: string): Feature {
  return { type: Feature_Type.CLASSIFICATION, config: { $case: 'classificationConfig', value: { model } } };
}

/** Finds faces. */
export function faceDetection(): Feature {
  return { type: Feature_Type.FACE_DETECTION, config: undefined };
}

/** Finds copies of the image in the corpus of the folder. */
export function imageCopySearch(): Feature {
  return { type: Feature_Type.IMAGE_COPY_SEARCH, config: undefined };
}
