import type { AttributeValue } from '../onnx/onnx-writer.js';
import { toPlanes, type GraphBuilder, type Value } from './graph-builder.js';
import { sizeOf, transpose, type Tensor } from './tensor.js';

/** How a window moves over an image. Pairs are height and width. */
export interface Window {
  readonly strides: readonly [number, number];
  readonly padding: 'SAME' | 'VALID';
  readonly dilations?: readonly [number, number];
}

/** The weights of a convolution. In TF.js, their axes are height, width, inputs, outputs. */
export interface Filter {
  readonly weights: Tensor;
  readonly bias?: Tensor | undefined;
  /** Every channel has its own filters: the last two axes are channels and filters per channel. */
  readonly depthwise: boolean;
}

export function convolution(
  graph: GraphBuilder,
  input: Value,
  { weights, bias, depthwise }: Filter,
  window: Window,
): Value {
  const [height = 0, width = 0, channels = 0, filters = 0] = weights.shape;
  const outputs = depthwise ? channels * filters : filters;
  const planes = transpose(weights, depthwise ? [2, 3, 0, 1] : [3, 2, 0, 1]);
  const kernel = { shape: [outputs, depthwise ? 1 : channels, height, width], data: planes.data };
  const inputs = [graph.planes(input).name, graph.initializer(kernel)];
  if (bias !== undefined) inputs.push(graph.initializer({ shape: [outputs], data: bias.data }));
  const name = graph.node('Conv', inputs, {
    ...windowAttributes([height, width], window),
    dilations: window.dilations ?? [1, 1],
    group: depthwise ? channels : 1,
  });
  return { name, shape: [...slide(input.shape, [height, width], window), outputs], layout: 'planes' };
}

export function pool(
  graph: GraphBuilder,
  type: 'MaxPool' | 'AveragePool',
  input: Value,
  kernel: readonly [number, number],
  window: Window,
): Value {
  const name = graph.node(type, [graph.planes(input).name], windowAttributes(kernel, window));
  return { name, shape: [...slide(input.shape, kernel, window), input.shape[3]!], layout: 'planes' };
}

function windowAttributes(kernel: readonly number[], { strides, padding }: Window): Record<string, AttributeValue> {
  // Both libraries put the larger half of an odd padding at the end.
  return { kernel_shape: kernel, strides, auto_pad: padding === 'SAME' ? 'SAME_UPPER' : 'VALID' };
}

/** Batch, height and width of the output of a window. */
function slide([batch = 1, ...sides]: readonly number[], kernel: readonly number[], window: Window): number[] {
  const { strides, padding, dilations = [1, 1] } = window;
  const moved = [0, 1].map((axis) => {
    const side = sides[axis]!;
    if (side < 0) return -1;
    const reach = padding === 'SAME' ? 1 : (kernel[axis]! - 1) * dilations[axis]! + 1;
    return Math.ceil((side - reach + 1) / strides[axis]!);
  });
  return [batch, ...moved];
}

const activations: Readonly<Record<string, (graph: GraphBuilder, name: string) => string>> = {
  linear: (_graph, name) => name,
  relu: (graph, name) => graph.node('Relu', [name]),
  relu6: (graph, name) => graph.node('Clip', [name, scalar(graph, 0), scalar(graph, 6)]),
  sigmoid: (graph, name) => graph.node('Sigmoid', [name]),
};

/** @throws Error for an unknown activation */
export function activation(graph: GraphBuilder, type: string, input: Value): Value {
  if (type === 'softmax') return softmax(graph, input);
  const apply = activations[type];
  if (apply === undefined) throw new Error(`The activation ${type} is not supported`);
  return { ...input, name: apply(graph, named(graph, input).name) };
}

function scalar(graph: GraphBuilder, value: number): string {
  return graph.initializer({ shape: [], data: Float32Array.of(value) });
}

function softmax(graph: GraphBuilder, input: Value): Value {
  const rows = graph.rows(input);
  return { ...rows, name: graph.node('Softmax', [rows.name], { axis: -1 }) };
}

export function negate(graph: GraphBuilder, input: Value): Value {
  return { ...input, name: graph.node('Neg', [named(graph, input).name]) };
}

/** Add, Sub, Mul or Div. Operands are broadcast along axes on the left that they lack, and along axes of size 1. */
export function arithmetic(graph: GraphBuilder, type: 'Add' | 'Sub' | 'Mul' | 'Div', left: Value, right: Value): Value {
  const rank = Math.max(left.shape.length, right.shape.length);
  const shape = Array.from({ length: rank }, (_, axis) => {
    const [a, b] = [left, right].map((value) => value.shape[axis - rank + value.shape.length] ?? 1);
    return a === 1 ? b! : a!;
  });
  const inPlanes = left.layout === 'planes' || right.layout === 'planes';
  const operand = (value: Value): string => {
    if (!inPlanes || sizeOf(value.shape) === 1) return named(graph, value).name;
    return graph.planes(value.constant === undefined ? value : graph.constant(withRank(value.constant, 4))).name;
  };
  return { name: graph.node(type, [operand(left), operand(right)]), shape, layout: inPlanes ? 'planes' : 'rows' };
}

function withRank({ shape, data }: Tensor, rank: number): Tensor {
  return { shape: [...Array<number>(rank - shape.length).fill(1), ...shape], data };
}

export function concatenate(graph: GraphBuilder, inputs: readonly Value[], axis: number): Value {
  const [first] = inputs;
  if (first === undefined) throw new Error('There is nothing to concatenate');
  const positive = axis < 0 ? axis + first.shape.length : axis;
  const sides = inputs.map(({ shape }) => shape[positive]!);
  const shape = first.shape.with(positive, sides.includes(-1) ? -1 : sides.reduce((sum, side) => sum + side, 0));
  const layout = inputs.some((input) => input.layout === 'planes') ? 'planes' : 'rows';
  const names = inputs.map((input) => (layout === 'planes' ? graph.planes(input) : graph.rows(input)).name);
  return { name: graph.node('Concat', names, { axis: axisIn(layout, positive) }), shape, layout };
}

/** The mean over axes. */
export function mean(graph: GraphBuilder, input: Value, axes: readonly number[], keepSides: boolean): Value {
  // The mean over height and width is the same for planes, which need no transposition.
  const value = keepSides || isHeightAndWidth(axes) ? named(graph, input) : graph.rows(input);
  const name = graph.node('ReduceMean', [value.name], {
    axes: axes.map((axis) => axisIn(value.layout, axis)),
    keepdims: keepSides ? 1 : 0,
  });
  if (keepSides) {
    return { name, shape: input.shape.map((side, axis) => (axes.includes(axis) ? 1 : side)), layout: value.layout };
  }
  return { name, shape: input.shape.filter((_, axis) => !axes.includes(axis)), layout: 'rows' };
}

/** Removes axes of size 1. */
export function squeeze(graph: GraphBuilder, input: Value, axes: readonly number[]): Value {
  const value = isHeightAndWidth(axes) ? named(graph, input) : graph.rows(input);
  const name = graph.node('Squeeze', [value.name, graph.integers(...axes.map((axis) => axisIn(value.layout, axis)))]);
  return { name, shape: input.shape.filter((_, axis) => !axes.includes(axis)), layout: 'rows' };
}

/** Pads with zeros. `paddings` are two numbers per axis: before and after. */
export function pad(graph: GraphBuilder, input: Value, paddings: readonly number[]): Value {
  const value = named(graph, input);
  const order = value.layout === 'planes' ? toPlanes : input.shape.map((_, axis) => axis);
  const ends = [0, 1].flatMap((end) => order.map((axis) => paddings[2 * axis + end]!));
  const shape = input.shape.map((side, axis) =>
    side < 0 ? side : side + paddings[2 * axis]! + paddings[2 * axis + 1]!,
  );
  return { name: graph.node('Pad', [value.name, graph.integers(...ends)]), shape, layout: value.layout };
}

export function reshape(graph: GraphBuilder, input: Value, shape: readonly number[]): Value {
  const name = graph.node('Reshape', [graph.rows(input).name, graph.integers(...shape)]);
  const rest = sizeOf(input.shape) / Math.abs(sizeOf(shape));
  const isKnown = input.shape.every((side) => side >= 0);
  return { name, shape: isKnown ? shape.map((side) => (side < 0 ? rest : side)) : shape, layout: 'rows' };
}

/** Multiplies rows with a matrix of inputs x outputs. */
export function matrixProduct(graph: GraphBuilder, input: Value, weights: Tensor, bias: Tensor | undefined): Value {
  const inputs = [graph.rows(input).name, graph.initializer(weights)];
  if (bias !== undefined) inputs.push(graph.initializer(bias));
  return { name: graph.node('Gemm', inputs), shape: [input.shape[0]!, weights.shape[1]!], layout: 'rows' };
}

/** Resizes bilinearly to a height and a width. */
export function resize(
  graph: GraphBuilder,
  input: Value,
  [height, width]: readonly [number, number],
  mode: 'asymmetric' | 'half_pixel' | 'align_corners',
): Value {
  const [batch = 1, , , channels = 1] = input.shape;
  const sizes = graph.integers(batch, channels, height, width);
  const name = graph.node('Resize', [graph.planes(input).name, '', '', sizes], {
    mode: 'linear',
    coordinate_transformation_mode: mode,
  });
  return { name, shape: [batch, height, width, channels], layout: 'planes' };
}

/** The parameters of a batch normalization. */
export interface Normalization {
  readonly scale: Tensor;
  readonly offset: Tensor;
  readonly mean: Tensor;
  readonly variance: Tensor;
  readonly epsilon: number;
}

export function normalize(
  graph: GraphBuilder,
  input: Value,
  { scale, offset, mean: center, variance, epsilon }: Normalization,
): Value {
  const planes = graph.planes(input);
  const parameters = [scale, offset, center, variance].map((tensor) => graph.initializer(tensor));
  const name = graph.node('BatchNormalization', [planes.name, ...parameters], { epsilon: { float: epsilon } });
  return { ...planes, name };
}

function isHeightAndWidth(axes: readonly number[]): boolean {
  return axes.length === 2 && axes.includes(1) && axes.includes(2);
}

function axisIn(layout: Value['layout'], axis: number): number {
  return layout === 'planes' ? toPlanes.indexOf(axis) : axis;
}

/** The value in its present layout. A constant is added to the graph. */
function named(graph: GraphBuilder, value: Value): Value {
  return value.layout === 'rows' ? graph.rows(value) : value;
}
