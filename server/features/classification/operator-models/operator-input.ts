import type { Image } from '../../../image/image.js';
import { cropImage, resizeRgb } from '../../../image/resize.js';
import { counted } from '../../../strings/counted.js';
import type { Manifest } from './manifest.js';

/** An operator's model as an inference thread gets it. */
export interface OperatorModel {
  /** Path of the ONNX file. */
  readonly path: string;
  /** Differs when the file does. */
  readonly revision: string;
  readonly manifest: Manifest;
  readonly labels: readonly string[];
}

/** The image as the model wants it. */
export function operatorInput(image: Image, manifest: Manifest): { data: Float32Array; shape: number[] } {
  const { width, height, layout, channels, fit, mean, std } = manifest;
  const rows = resizeRgb(fit === 'crop' ? middle(image, width / height) : image, width, height);
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

/** The largest part around the center that has the aspect ratio (width to height). */
function middle(image: Image, aspect: number): Image {
  const width = Math.max(1, Math.round(Math.min(image.width, image.height * aspect)));
  const height = Math.max(1, Math.round(Math.min(image.height, image.width / aspect)));
  return cropImage(image, { left: (image.width - width) >> 1, top: (image.height - height) >> 1, width, height });
}

/** How far a probability may be off for rounding. */
const rounding = 1e-3;

/**
 * The probabilities that the output of the network stands for.
 * @throws Error with a sentence, when there is not one for each label, or they are no probabilities
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
    return labels === 'exclusive' ? softmax(values) : values.map((value) => 1 / (1 + Math.exp(-value)));
  }
  const wrong = values.find((value) => !(value >= -rounding && value <= 1 + rounding));
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
