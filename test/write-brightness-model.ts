// node dist/test/write-brightness-model.js writes examples/classifiers/brightness/model.onnx: the mean of all pixels, and
// three lines through it, of which the highest wins.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeOnnx } from '../server/inference/onnx/onnx-writer.js';
import { repositoryRoot } from '../server/paths.js';

/** Logit of dark, medium and bright: `slope * luma + offset` for a luma of 0..1. */
const slopes = [-12, 0, 12];
const offsets = [4, 0, -8];
/** Luma of red, green and blue (ITU-R BT.601). */
const luma = [0.299, 0.587, 0.114];

const weights = Float32Array.from(luma.flatMap((part) => slopes.map((slope) => slope * part)));
const onnx = writeOnnx({
  nodes: [
    { type: 'GlobalAveragePool', inputs: ['input'], output: 'means', attributes: {} },
    { type: 'Flatten', inputs: ['means'], output: 'color', attributes: {} },
    { type: 'Gemm', inputs: ['color', 'weights', 'offsets'], output: 'logits', attributes: {} },
  ],
  constants: new Map([
    ['weights', { shape: [3, 3], data: weights }],
    ['offsets', { shape: [3], data: Float32Array.from(offsets) }],
  ]),
  inputs: [{ name: 'input', shape: [1, 3, 64, 64] }],
  outputs: [{ name: 'logits', shape: [1, 3] }],
});
writeFileSync(join(repositoryRoot, 'examples/classifiers/brightness/model.onnx'), onnx);
