import { expectedOutputs, type OutputSample } from './converted-models.expected.js';
import type { ConvertedModel } from './converted-models.js';
import { createSession, runSession } from './onnx/onnx-runtime.js';
import { sizeOf } from './tfjs/tensor.js';

/** Maximum difference from TF.js: absolute for values up to 1, relative for larger ones. */
export const conversionTolerance = 1e-3;
/** Sizes of the dynamic sides of an input for the verification. */
const dynamicSides = [1, 256, 384, 3];
const sampledValues = 16;

/**
 * Runs a converted model on a fixed picture and compares its outputs with those of TF.js.
 * @throws Error that names the model, the output and both values
 */
export async function verifyConversion(model: ConvertedModel, onnx: Uint8Array): Promise<void> {
  const { shape, data } = testPicture(model);
  const outputs = await runSession(await createSession(onnx), data, shape);
  for (const name of Object.keys(model.outputs)) {
    const actual = outputs[name];
    const expected = expectedOutputs[model.name]?.[name];
    if (actual === undefined || expected === undefined) {
      throw new Error(`Output ${name} of ${model.name} has nothing to compare`);
    }
    const sample = sampleOutput(actual.data);
    for (const [index, value] of [expected.mean, ...expected.values].entries()) {
      const other = index === 0 ? sample.mean : (sample.values[index - 1] ?? NaN);
      if (Math.abs(other - value) <= conversionTolerance * Math.max(1, Math.abs(value))) continue;
      throw new Error(`The converted model ${model.name} gives ${other} instead of ${value} in its output ${name}`);
    }
  }
}

/** A picture of waves over the whole range of the model's input. */
export function testPicture({ input, range: [low, high] }: ConvertedModel): { shape: number[]; data: Float32Array } {
  const shape = input.shape.map((side, axis) => (side < 0 ? dynamicSides[axis]! : side));
  const [, , width = 1, channels = 1] = shape;
  const data = Float32Array.from({ length: sizeOf(shape) }, (_, index) => {
    const channel = index % channels;
    const x = Math.floor(index / channels) % width;
    const y = Math.floor(index / channels / width);
    const wave = Math.sin(x * 0.11 * (channel + 1)) + Math.sin(y * 0.07 + channel) + Math.sin((x + y) * 0.9);
    return low + (high - low) * (0.5 + wave / 6);
  });
  return { shape, data };
}

/** Some evenly spaced values of an output, and the mean magnitude of all. */
export function sampleOutput(data: Float32Array): OutputSample {
  const count = Math.min(sampledValues, data.length);
  const values = Array.from({ length: count }, (_, index) => data[Math.floor(((index + 0.5) * data.length) / count)]!);
  return { mean: data.reduce((sum, value) => sum + Math.abs(value), 0) / data.length, values };
}
