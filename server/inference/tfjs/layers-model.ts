import { GraphBuilder, type Value } from './graph-builder.js';
import { inputName, type Cut } from './graph-model.js';
import * as operators from './operators.js';
import type { Tensor } from './tensor.js';

/** A layer of the Keras model in a TF.js layers model: the fields that are used. */
export interface Layer {
  readonly name: string;
  readonly class_name: string;
  readonly config: {
    readonly activation?: string;
    readonly use_bias?: boolean;
    readonly padding?: string;
    readonly strides?: readonly [number, number];
    readonly pool_size?: readonly [number, number];
    readonly dilation_rate?: readonly [number, number];
    readonly axis?: number;
    readonly epsilon?: number;
    readonly scale?: boolean;
    readonly center?: boolean;
  };
  /** The layers that its inputs come from, for every use of the layer. Only layers with a single use are supported. */
  readonly inbound_nodes: ReadonlyArray<ReadonlyArray<readonly [layer: string, ...unknown[]]>>;
}

/**
 * Converts the part of a layers model between the input and the outputs.
 * @throws Error that names a layer whose class is not supported
 */
export function convertLayersModel(
  layers: readonly Layer[],
  weights: ReadonlyMap<string, Tensor>,
  cut: Cut,
): Uint8Array {
  const graph = new GraphBuilder();
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  const values = new Map<string, Value>([[cut.input.node, graph.input(inputName, cut.input.shape)]]);
  const valueOf = (name: string): Value => {
    const existing = values.get(name);
    if (existing !== undefined) return existing;
    const layer = byName.get(name);
    if (layer === undefined) throw new Error(`There is no layer ${name}`);
    if (layer.inbound_nodes.length !== 1) throw new Error(`Layer ${name} is not used once, which is not supported`);
    const inputs = layer.inbound_nodes[0]!.map(([from]) => valueOf(from));
    const value = convertLayer(graph, layer, inputs, weights);
    values.set(name, value);
    return value;
  };
  for (const [name, layer] of Object.entries(cut.outputs)) graph.output(name, valueOf(layer));
  return graph.finish();
}

function convertLayer(
  graph: GraphBuilder,
  layer: Layer,
  inputs: readonly Value[],
  weights: ReadonlyMap<string, Tensor>,
): Value {
  const { name, class_name: type, config } = layer;
  const [input] = inputs;
  if (input === undefined) throw new Error(`Layer ${name} has no input`);
  const weight = (kind: string): Tensor => {
    const tensor = weights.get(`${name}/${kind}`);
    if (tensor === undefined) throw new Error(`Layer ${name} has no ${kind}`);
    return tensor;
  };
  const bias = config.use_bias === false ? undefined : () => weight('bias');
  switch (type) {
    case 'Conv2D': {
      const filter = { weights: weight('kernel'), bias: bias?.(), depthwise: false };
      const window = { ...windowOf(config, [1, 1]), dilations: config.dilation_rate ?? [1, 1] };
      return operators.activation(
        graph,
        config.activation ?? 'linear',
        operators.convolution(graph, input, filter, window),
      );
    }
    case 'BatchNormalization': {
      const center = weight('moving_mean');
      const filledWith = (value: number): Tensor => ({
        shape: center.shape,
        data: new Float32Array(center.data.length).fill(value),
      });
      return operators.normalize(graph, input, {
        scale: config.scale === false ? filledWith(1) : weight('gamma'),
        offset: config.center === false ? filledWith(0) : weight('beta'),
        mean: center,
        variance: weight('moving_variance'),
        epsilon: config.epsilon ?? 1e-3,
      });
    }
    case 'Activation':
      return operators.activation(graph, config.activation ?? 'linear', input);
    case 'MaxPooling2D':
    case 'AveragePooling2D': {
      const size = config.pool_size ?? [2, 2];
      return operators.pool(
        graph,
        type === 'MaxPooling2D' ? 'MaxPool' : 'AveragePool',
        input,
        size,
        windowOf(config, size),
      );
    }
    case 'GlobalAveragePooling2D':
      return operators.mean(graph, input, [1, 2], false);
    case 'Concatenate':
      return operators.concatenate(graph, inputs, config.axis ?? -1);
    case 'Dense': {
      const product = operators.matrixProduct(graph, input, weight('kernel'), bias?.());
      return operators.activation(graph, config.activation ?? 'linear', product);
    }
    case 'Flatten':
      return operators.reshape(graph, input, [input.shape[0] ?? 1, -1]);
    case 'Dropout':
      return input;
    default:
      throw new Error(`The class ${type} of layer ${name} is not supported`);
  }
}

function windowOf({ padding, strides }: Layer['config'], defaultStrides: readonly [number, number]): operators.Window {
  return { padding: padding === 'same' ? 'SAME' : 'VALID', strides: strides ?? defaultStrides };
}
