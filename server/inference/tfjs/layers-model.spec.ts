import { describe, expect, it } from 'vitest';
import { createSession, runSession } from '../onnx/onnx-runtime.js';
import { convertLayersModel, type Layer } from './layers-model.js';
import type { Tensor } from './tensor.js';

function layer(name: string, type: string, from: string[], config: Layer['config'] = {}): Layer {
  return {
    name,
    class_name: type,
    config,
    inbound_nodes: from.length === 0 ? [] : [from.map((input) => [input, 0, 0, {}] as const)],
  };
}

function tensor(shape: readonly number[], ...values: number[]): Tensor {
  return { shape, data: Float32Array.from(values) };
}

const input = { node: 'x', shape: [1, 2, 2, 1] };
const picture = Float32Array.of(1, 2, 3, 4);

async function run(
  layers: readonly Layer[],
  weights: Record<string, Tensor>,
  outputs: Record<string, string>,
): Promise<Record<string, number[]>> {
  const onnx = convertLayersModel([layer('x', 'InputLayer', []), ...layers], new Map(Object.entries(weights)), {
    input,
    outputs,
  });
  const results = await runSession(await createSession(onnx), picture, input.shape);
  return Object.fromEntries(Object.entries(results).map(([name, { data }]) => [name, [...data]]));
}

describe('convertLayersModel', () => {
  it('convolves, normalizes, pools, joins and classifies', async () => {
    const layers = [
      layer('conv', 'Conv2D', ['x'], { use_bias: true, activation: 'relu', padding: 'same' }),
      layer('norm', 'BatchNormalization', ['conv'], { scale: false, epsilon: 0 }),
      layer('max', 'MaxPooling2D', ['norm'], { pool_size: [2, 2] }),
      layer('mean', 'AveragePooling2D', ['x'], { pool_size: [2, 2] }),
      layer('join', 'Concatenate', ['max', 'mean'], { axis: 3 }),
      layer('drop', 'Dropout', ['join']),
      layer('global', 'GlobalAveragePooling2D', ['drop']),
      layer('flat', 'Flatten', ['drop']),
      layer('dense', 'Dense', ['flat'], { use_bias: false, activation: 'softmax' }),
    ];
    const weights = {
      'conv/kernel': tensor([1, 1, 1, 1], 2),
      'conv/bias': tensor([1], -3),
      'norm/beta': tensor([1], 100),
      'norm/moving_mean': tensor([1], 1),
      'norm/moving_variance': tensor([1], 4),
      'dense/kernel': tensor([2, 2], 0, 0, 0, 0),
    };
    const outputs = { convolved: 'conv', normalized: 'norm', joined: 'join', means: 'global', classes: 'dense' };
    expect(await run(layers, weights, outputs)).toEqual({
      convolved: [0, 1, 3, 5],
      normalized: [99.5, 100, 101, 102],
      joined: [102, 2.5],
      means: [102, 2.5],
      classes: [0.5, 0.5],
    });
  });

  it.each([
    [layer('y', 'LSTM', ['x']), 'The class LSTM of layer y is not supported'],
    [layer('y', 'Dense', ['x']), 'Layer y has no kernel'],
    [layer('y', 'Dense', ['z']), 'There is no layer z'],
    [layer('y', 'Dense', []), 'Layer y is not used once'],
  ])('names what it cannot convert: %j', async (broken, sentence) => {
    await expect(run([broken], {}, { out: 'y' })).rejects.toThrow(sentence);
  });
});
