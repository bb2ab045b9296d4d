import type { BackboneMap } from '../../server/features/classification/quality/score-quality.js';
import type { Image } from '../../server/image/image.js';
import { resizeRgb } from '../../server/image/resize.js';
import { convertedModels } from '../../server/inference/converted-models.js';
import { loadConvertedModel } from '../../server/inference/onnx-session.js';

/** Loads the backbone. What it returns gives the activation map of an image. */
export async function loadBackbone(): Promise<(image: Image) => Promise<BackboneMap>> {
  const model = await loadConvertedModel(convertedModels.moderation);
  const [, side, , channels] = convertedModels.moderation.input.shape;
  return async (image) => {
    const input = resizeRgb(image, side, side).map((value) => value / 255);
    const { features } = await model.run(input, [1, side, side, channels]);
    const [, height = 0, width = 0, depth = 0] = features.shape;
    return { data: features.data, height, width, channels: depth };
  };
}
