import type { Image } from '../../../image/image.js';
import { resizeRgb } from '../../../image/resize.js';
import { convertedModels } from '../../../inference/converted-models.js';
import { lazy } from '../../../inference/lazy.js';
import { loadConvertedModel } from '../../../inference/onnx/onnx-session.js';
import { noCheckpoint, type Checkpoint } from '../../../threads/jobs.js';
import { cocoLabels } from './coco-labels.js';

/** Side of the square that images are stretched to, in pixels, as in training. */
const side = 512;
const network = lazy(() => loadConvertedModel(convertedModels.objects));

/** The highest score of every COCO class anywhere in the image, 0..1, in the order of the labels. */
export async function scoreObjects(image: Image, checkpoint: Checkpoint = noCheckpoint): Promise<number[]> {
  const input = resizeRgb(image, side, side);
  checkpoint();
  const { heat } = await (await network()).run(input, [1, side, side, 3]);
  const scores = cocoLabels.map(() => 0);
  for (let cell = 0; cell < heat.data.length; cell += scores.length) {
    for (let label = 0; label < scores.length; label++) {
      scores[label] = Math.max(scores[label]!, heat.data[cell + label]!);
    }
  }
  return scores;
}
