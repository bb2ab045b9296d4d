import type { Image } from '../../../image/image.js';
import { partOf, resizeRgb, type Picture } from '../../../image/resize.js';
import { sigmoid } from '../../../inference/sigmoid.js';
import { counted } from '../../../strings/counted.js';
import type { Manifest } from './manifest.js';

/** An operator's model, as it is passed to an inference thread. */
export interface OperatorModel {
  /** Path of the ONNX file. */
  readonly path: string;
  /** Changes with the file. */
  readonly revision: string;
  readonly manifest: Manifest;
  readonly labels: readonly string[];
}

/** The input of the model for an image. */
export function operatorInput(image: Image, manifest: Manifest): { data: Float32Array; shape: number[] } {
  const { width, height, layout, channels, fit, mean, std } = manifest;
  const rows = resizeRgb(fit === 'crop' ? centerCrop(image, width / height) : image, width, height);
  const data = new Float32Array(rows.length);
  const plane = width * height;
  for (let pixel = 0, from = 0; pixel < plane; pixel++, from += 3) {
    for (let channel = 0; channel < 3; channel++) {
      const value = rows[from + (channels === 'RGB' ? channel : 2 - channel)]!;
      data[layout === 'NCHW' ? channel * plane + pixel : from + channel] = (value - mean[channel]!) / std[channel]!;
    }
  }
  return { data, shape: layout === 'NCHW' ? [1, 3, height, width] : [1, height, width, 3] };
}

/** The largest part around the center with an aspect ratio (width to height). */
function centerCrop(image: Image, aspect: number): Picture {
  const width = Math.max(1, Math.round(Math.min(image.width, image.height * aspect)));
  const height = Math.max(1, Math.round(Math.min(image.height, image.width / aspect)));
  return partOf(image, { left: (image.width - width) >> 1, top: (image.height - height) >> 1, width, height });
}

/** Probabilities may exceed 0..1 by this rounding error. */
const roundingError = 1e-3;

/**
 * The probabilities in the output of the network.
 * @throws Error with a sentence, where there is not one per label, or where they are not probabilities
 */
export function operatorProbabilities(
  output: Float32Array,
  { labels, output: kind }: Manifest,
  count: number,
): number[] {
  if (output.length !== count) {
    throw new Error(
      `model.onnx outputs ${counted(output.length, 'value', 'values')}, but labels.txt has ${counted(count, 'label', 'labels')}`,
    );
  }
  const values = [...output];
  if (kind === 'logits') {
    return labels === 'exclusive' ? softmax(values) : values.map(sigmoid);
  }
  const wrong = values.find((value) => !(value >= -roundingError && value <= 1 + roundingError));
  if (wrong !== undefined) {
    throw new Error(`model.onnx outputs ${wrong}, which is not a probability. Set "output" to "logits"`);
  }
  return values.map((value) => Math.min(1, Math.max(0, value)));
}

function softmax(logits: readonly number[]): number[] {
  const highest = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - highest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}
