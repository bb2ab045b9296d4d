import { describe, expect, it } from 'vitest';
import { createSession, runSession, type OnnxOutput } from '../onnx/onnx-runtime.js';
import { convertGraphModel, type GraphNode } from './graph-model.js';
import type { Tensor } from './tensor.js';

type Attributes = NonNullable<GraphNode['attr']>;

function node(op: string, input: string[], attr: Attributes = {}): GraphNode {
  return { name: 'y', op, input, attr };
}

function list(...numbers: number[]): Attributes[string] {
  return { list: { i: numbers.map(String) } };
}

function text(value: string): string {
  return Buffer.from(value).toString('base64');
}

function tensor(shape: readonly number[], ...values: number[]): Tensor {
  return { shape, data: Float32Array.from(values) };
}

function integers(...values: number[]): Tensor {
  return { shape: [values.length], data: Int32Array.from(values) };
}

/** Runs `nodes` on `x`. The output is that of the node named y. Every weight is a node as well. */
async function run(
  nodes: readonly GraphNode[],
  weights: Record<string, Tensor>,
  x: Tensor,
  free: readonly number[] = x.shape,
): Promise<OnnxOutput> {
  const constants = Object.keys(weights).map((name): GraphNode => ({ name, op: 'Const' }));
  const cut = { input: { node: 'x', shape: free }, outputs: { out: 'y' } };
  const onnx = convertGraphModel([...nodes, ...constants], new Map(Object.entries(weights)), cut);
  const { out } = await runSession(await createSession(onnx), Float32Array.from(x.data), x.shape);
  if (out === undefined) throw new Error('no output');
  return out;
}

/** 1 x 3 x 3 x 2: the first channel counts from 1, the second holds ten times as much. */
const image = tensor([1, 3, 3, 2], ...[1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap((value) => [value, 10 * value]));
const same = { padding: { s: text('SAME') }, strides: list(1, 1, 1, 1) };
const valid = { padding: { s: text('VALID') }, strides: list(1, 1, 1, 1) };
const fused = (...names: string[]): Attributes => ({ fused_ops: { list: { s: names.map(text) } } });

describe('convertGraphModel', () => {
  it('convolves with filters of height, width, inputs, outputs', async () => {
    // The first output is the upper left pixel of the first channel, the second ten times the lower right of the
    // second.
    const weights = tensor([2, 2, 2, 2], 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10);
    const { data, shape } = await run([node('Conv2D', ['x', 'w'], valid)], { w: weights }, image);
    expect(shape).toEqual([1, 2, 2, 2]);
    expect([...data]).toEqual([1, 500, 2, 600, 4, 800, 5, 900]);
  });

  it('pads the end more where SAME padding is odd', async () => {
    const weights = tensor([2, 2, 1, 1], 1, 1, 1, 1);
    const input = tensor([1, 2, 2, 1], 1, 2, 3, 4);
    const { data } = await run([node('Conv2D', ['x', 'w'], same)], { w: weights }, input);
    expect([...data]).toEqual([10, 6, 7, 4]);
  });

  it('adds a fused bias and activation', async () => {
    const weights = { w: tensor([1, 1, 2, 1], 1, 0), b: tensor([1], -3) };
    const operation = (name: string): GraphNode =>
      node('_FusedConv2D', ['x', 'w', 'b'], { ...same, ...fused('BiasAdd', name) });
    expect([...(await run([operation('Relu')], weights, image)).data]).toEqual([0, 0, 0, 1, 2, 3, 4, 5, 6]);
    expect([...(await run([operation('Relu6')], { ...weights, b: tensor([1], 0) }, image)).data]).toEqual([
      1, 2, 3, 4, 5, 6, 6, 6, 6,
    ]);
  });

  it('convolves channel by channel', async () => {
    const weights = { w: tensor([1, 1, 2, 2], 1, -1, 2, -2) };
    const { data, shape } = await run([node('DepthwiseConv2dNative', ['x', 'w'], valid)], weights, image);
    expect(shape).toEqual([1, 3, 3, 4]);
    expect(Array.from(data.slice(0, 4))).toEqual([1, -1, 20, -20]);
  });

  it('keeps dynamic sides', async () => {
    const weights = { w: tensor([1, 1, 2, 1], 2, 0) };
    const { data, shape } = await run([node('Conv2D', ['x', 'w'], same)], weights, image, [1, -1, -1, 2]);
    expect([shape, data[8]]).toEqual([[1, 3, 3, 1], 18]);
  });

  it.each([
    ['MaxPool', [5, 50, 6, 60, 8, 80, 9, 90]],
    ['AvgPool', [3, 30, 4, 40, 6, 60, 7, 70]],
  ])('%s', async (op, expected) => {
    const { data } = await run([node(op, ['x'], { ...valid, ksize: list(1, 2, 2, 1) })], {}, image);
    expect([...data]).toEqual(expected);
  });

  it.each([
    ['Add', tensor([], 1), [2, 11]],
    ['Sub', tensor([2], 1, 2), [0, 8]],
    ['Mul', tensor([1, 1, 1, 2], 2, 3), [2, 30]],
    ['RealDiv', tensor([1], 2), [0.5, 5]],
  ])('%s broadcasts the smaller operand, in rows and in planes', async (op, operand, expected) => {
    const rows = await run([node(op, ['x', 'c'])], { c: operand }, image);
    expect(Array.from(rows.data.slice(0, 2))).toEqual(expected);
    const relu: GraphNode = { name: 'r', op: 'MaxPool', input: ['x'], attr: { ...same, ksize: list(1, 1, 1, 1) } };
    const planes = await run([relu, node(op, ['r', 'c'])], { c: operand }, image);
    expect([planes.shape, planes.data]).toEqual([rows.shape, rows.data]);
  });

  it('keeps channels apart when planes are combined with rows', async () => {
    const pooled: GraphNode = { name: 'p', op: 'MaxPool', input: ['x'], attr: { ...same, ksize: list(1, 1, 1, 1) } };
    const sum = await run([pooled, node('AddV2', ['p', 'x'])], {}, image);
    expect([...sum.data]).toEqual([...image.data].map((value) => 2 * value));
    const joined = await run([pooled, node('ConcatV2', ['x', 'p', 'axis'])], { axis: integers(-1) }, image);
    expect([joined.shape, Array.from(joined.data.slice(0, 4))]).toEqual([
      [1, 3, 3, 4],
      [1, 10, 1, 10],
    ]);
  });

  it('computes means, squeezes, pads, reshapes and resizes', async () => {
    const axes = { axes: integers(1, 2) };
    const mean = await run([node('Mean', ['x', 'axes'], { keep_dims: { b: true } })], axes, image);
    expect([mean.shape, [...mean.data]]).toEqual([
      [1, 1, 1, 2],
      [5, 50],
    ]);
    const pooled: GraphNode = { name: 'p', op: 'AvgPool', input: ['x'], attr: { ...valid, ksize: list(1, 3, 3, 1) } };
    const squeezed = await run([pooled, node('Squeeze', ['p'], { squeeze_dims: list(1, 2) })], {}, image);
    expect([squeezed.shape, [...squeezed.data]]).toEqual([
      [1, 2],
      [5, 50],
    ]);
    const padded = await run([pooled, node('Pad', ['p', 'c'])], { c: integers(0, 0, 0, 1, 0, 0, 1, 0) }, image);
    expect([padded.shape, [...padded.data]]).toEqual([
      [1, 2, 1, 3],
      [0, 5, 50, 0, 0, 0],
    ]);
    const reshaped = await run([pooled, node('Reshape', ['p', 'c'])], { c: integers(-1, 1) }, image);
    expect([reshaped.shape, [...reshaped.data]]).toEqual([
      [2, 1],
      [5, 50],
    ]);
    const small = tensor([1, 1, 2, 1], 0, 4);
    const scaled = await run([node('ResizeBilinear', ['x', 'c'])], { c: integers(1, 4) }, small);
    expect([scaled.shape, [...scaled.data]]).toEqual([
      [1, 1, 4, 1],
      [0, 2, 4, 4],
    ]);
  });

  it('multiplies matrices, and computes the softmax along channels', async () => {
    const weights = { w: tensor([2, 2], 1, 2, 3, 4), b: tensor([2], 0, 1) };
    const product = await run([node('_FusedMatMul', ['x', 'w', 'b'], fused('BiasAdd'))], weights, tensor([1, 2], 1, 1));
    expect([...product.data]).toEqual([4, 7]);
    const pooled: GraphNode = { name: 'p', op: 'MaxPool', input: ['x'], attr: { ...same, ksize: list(1, 1, 1, 1) } };
    const soft = await run([pooled, node('Softmax', ['p'])], {}, image);
    expect(soft.data[0]).toBeCloseTo(1 / (1 + Math.exp(9)), 6);
  });

  it('converts only what leads to the outputs', async () => {
    const { data } = await run([node('Neg', ['x', '^gone']), { name: 'gone', op: 'While' }], {}, image);
    expect(data[1]).toBe(-10);
  });

  it.each([
    [node('TopKV2', ['x']), 'The operation TopKV2 of node y is not supported'],
    [node('Relu', ['z']), 'There is no node z'],
    [node('Relu', []), 'Node y has no input 0'],
    [node('Conv2D', ['x', 'x'], same), 'Input 1 of node y is not constant'],
    [node('MaxPool', ['x'], { padding: { s: text('EXPLICIT') } }), 'Node y has the unsupported padding "EXPLICIT"'],
    [node('_FusedConv2D', ['x', 'w'], { ...same, ...fused('Elu') }), 'The activation elu is not supported'],
  ])('names what it cannot convert: %j', async (broken, sentence) => {
    await expect(run([broken], { w: tensor([1, 1, 2, 1], 1, 1) }, image)).rejects.toThrow(sentence);
  });
});
