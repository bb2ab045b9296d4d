import type { Image } from '../../../image/image.js';
import { resizeRgb } from '../../../image/resize.js';
import { convertedModels } from '../../../inference/converted-models.js';
import { lazy } from '../../../inference/lazy.js';
import { loadConvertedModel } from '../../../inference/onnx/onnx-session.js';
import { noCheckpoint, type Checkpoint } from '../../../threads/jobs.js';

/** Side of the square that images are stretched to, in pixels, as in training. */
const side = 299;
const network = lazy(() => loadConvertedModel(convertedModels.moderationLarge));

/**
 * Probabilities by the larger network: Drawing, Hentai, Neutral, Porn, Sexy. It takes about six times as long as the
 * smaller one.
 */
export async function secondOpinion(image: Image, checkpoint: Checkpoint = noCheckpoint): Promise<Float32Array> {
  const input = resizeRgb(image, side, side).map((value) => value / 255);
  checkpoint();
  return (await (await network()).run(input, [1, side, side, 3])).probabilities.data;
}
