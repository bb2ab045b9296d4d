import { partOf, resizeRgb } from '../../image/resize.js';
import { convertedModels } from '../../inference/converted-models.js';
import { lazy } from '../../inference/lazy.js';
import { loadConvertedModel } from '../../inference/onnx/onnx-session.js';
import { noCheckpoint, type JobHandlers } from '../../threads/jobs.js';
import type { BackboneJobs } from './backbone.js';

/** Side of the square that images are stretched to, in pixels, as in training. */
const side = 224;

/** The network is loaded with the first image. */
export function loadBackboneJobs(): JobHandlers<BackboneJobs> {
  const network = lazy(() => loadConvertedModel(convertedModels.moderation));
  return {
    async runBackbone({ image, region }, checkpoint = noCheckpoint) {
      const picture = region === undefined ? image : partOf(image, region);
      const input = resizeRgb(picture, side, side).map((value) => value / 255);
      checkpoint();
      const { features, probabilities } = await (await network()).run(input, [1, side, side, 3]);
      const [, height = 0, width = 0, channels = 0] = features.shape;
      return { activationMap: { height, width, channels, data: features.data }, probabilities: probabilities.data };
    },
  };
}
