import {
  Feature_Type,
  type Feature,
  type FeatureTextDetectionConfig,
} from '../gen/yandex/cloud/ai/vision/v1/vision_service.js';

/** Text detection. By default the server detects the languages. The model is `page`, `line` or a document template. */
export function textDetection({
  languageCodes = ['*'],
  model = 'page',
}: Partial<FeatureTextDetectionConfig> = {}): Feature {
  return {
    type: Feature_Type.TEXT_DETECTION,
    config: { $case: 'textDetectionConfig', value: { languageCodes, model } },
  };
}

/** Classification by a model. */
export function classification(model: string): Feature {
  return { type: Feature_Type.CLASSIFICATION, config: { $case: 'classificationConfig', value: { model } } };
}

/** Face detection. */
export function faceDetection(): Feature {
  return { type: Feature_Type.FACE_DETECTION, config: undefined };
}

/** Search for copies of the image in the corpus of the folder. */
export function imageCopySearch(): Feature {
  return { type: Feature_Type.IMAGE_COPY_SEARCH, config: undefined };
}
