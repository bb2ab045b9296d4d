import { GraphBuilder, type Value } from './graph-builder.js';
import * as operators from './operators.js';
import type { Tensor } from './tensor.js';

/** A node of the `GraphDef` inside a TF.js graph model. */
export interface GraphNode {
  readonly name: string;
  readonly op: string;
  /** Names of nodes; `name:1` is the second output of a node, `^name` a control dependency. */
  readonly input?: readonly string[];
  readonly attr?: Readonly<Record<string, Attribute>>;
}

interface Attribute {
  /** base64 */
  readonly s?: string;
  readonly i?: string | number;
  readonly b?: boolean;
  readonly list?: { readonly i?: ReadonlyArray<string | number>; readonly s?: readonly string[] };
}

/** The part of a model that is converted, from one input to some outputs. */
export interface Cut {
  readonly input: {
    /** Node or layer whose output becomes the input. */
    readonly node: string;
    /** Shape in TF.js; -1 is a dynamic side. */
    readonly shape: readonly number[];
  };
  /** Nodes or layers by the names of the outputs. */
  readonly outputs: Readonly<Record<string, string>>;
}

/** Name of the input of a converted model. */
export const inputName = 'input';

/**
 * Converts the part of a graph model between the input and the outputs.
 * @throws Error that names a node whose operation is not supported
 */
export function convertGraphModel(
  nodes: readonly GraphNode[],
  weights: ReadonlyMap<string, Tensor>,
  cut: Cut,
): Uint8Array {
  const graph = new GraphBuilder();
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const values = new Map<string, Value>([[cut.input.node, graph.input(inputName, cut.input.shape)]]);
  const valueOf = (reference: string): Value => {
    const name = reference.replace(/:0$/, '');
    const existing = values.get(name);
    if (existing !== undefined) return existing;
    const node = byName.get(name);
    if (node === undefined) throw new Error(`There is no node ${name}`);
    const value = node.op === 'Const' ? graph.constant(weightOf(name)) : convertNode(graph, node, inputsOf(node));
    values.set(name, value);
    return value;
  };
  const weightOf = (name: string): Tensor => {
    const weight = weights.get(name);
    if (weight === undefined) throw new Error(`There is no weight ${name}`);
    return weight;
  };
  const inputsOf = ({ input = [] }: GraphNode): Value[] => input.filter((name) => !name.startsWith('^')).map(valueOf);
  for (const [name, node] of Object.entries(cut.outputs)) graph.output(name, valueOf(node));
  return graph.finish();
}

function convertNode(graph: GraphBuilder, node: GraphNode, inputs: readonly Value[]): Value {
  const convert = conversions[node.op];
  if (convert === undefined) throw new Error(`The operation ${node.op} of node ${node.name} is not supported`);
  return convert({ graph, node, inputs });
}

interface Context {
  readonly graph: GraphBuilder;
  readonly node: GraphNode;
  readonly inputs: readonly Value[];
}

const conversions: Readonly<Record<string, (context: Context) => Value>> = {
  Identity: (context) => inputAt(context, 0),
  Add: (context) => arithmetic(context, 'Add'),
  AddV2: (context) => arithmetic(context, 'Add'),
  Sub: (context) => arithmetic(context, 'Sub'),
  Mul: (context) => arithmetic(context, 'Mul'),
  RealDiv: (context) => arithmetic(context, 'Div'),
  Neg: (context) => operators.negate(context.graph, inputAt(context, 0)),
  Relu: (context) => operators.activation(context.graph, 'relu', inputAt(context, 0)),
  Relu6: (context) => operators.activation(context.graph, 'relu6', inputAt(context, 0)),
  Sigmoid: (context) => operators.activation(context.graph, 'sigmoid', inputAt(context, 0)),
  Softmax: (context) => operators.activation(context.graph, 'softmax', inputAt(context, 0)),
  Conv2D: (context) => convolution(context, false),
  _FusedConv2D: (context) => convolution(context, false),
  DepthwiseConv2dNative: (context) => convolution(context, true),
  FusedDepthwiseConv2dNative: (context) => convolution(context, true),
  MaxPool: (context) => pool(context, 'MaxPool'),
  AvgPool: (context) => pool(context, 'AveragePool'),
  Pad: (context) => operators.pad(context.graph, inputAt(context, 0), integersAt(context, 1)),
  Reshape: (context) => operators.reshape(context.graph, inputAt(context, 0), integersAt(context, 1)),
  ConcatV2: (context) => {
    const [axis = 0] = integersAt(context, context.inputs.length - 1);
    return operators.concatenate(context.graph, context.inputs.slice(0, -1), axis);
  },
  Mean: (context) => {
    const keepSides = context.node.attr?.['keep_dims']?.b ?? false;
    return operators.mean(context.graph, inputAt(context, 0), integersAt(context, 1), keepSides);
  },
  Squeeze: (context) => operators.squeeze(context.graph, inputAt(context, 0), integerList(context, 'squeeze_dims')),
  MatMul: matrixProduct,
  _FusedMatMul: matrixProduct,
  ResizeBilinear: (context) => {
    const [height = 0, width = 0] = integersAt(context, 1);
    const { align_corners: alignCorners, half_pixel_centers: halfPixel } = context.node.attr ?? {};
    const mode = alignCorners?.b ? 'align_corners' : halfPixel?.b ? 'half_pixel' : 'asymmetric';
    return operators.resize(context.graph, inputAt(context, 0), [height, width], mode);
  },
};

function arithmetic(context: Context, type: 'Add' | 'Sub' | 'Mul' | 'Div'): Value {
  return operators.arithmetic(context.graph, type, inputAt(context, 0), inputAt(context, 1));
}

function convolution(context: Context, depthwise: boolean): Value {
  const { bias, type } = fusedOperations(context);
  const filter = { weights: constantAt(context, 1), bias, depthwise };
  const window = { ...windowOf(context), dilations: heightAndWidth(context, 'dilations', 1) };
  return operators.activation(
    context.graph,
    type,
    operators.convolution(context.graph, inputAt(context, 0), filter, window),
  );
}

function matrixProduct(context: Context): Value {
  const { transpose_a: left, transpose_b: right } = context.node.attr ?? {};
  if (left?.b || right?.b) {
    throw new Error(`Node ${context.node.name} multiplies with a transposed matrix, which is not supported`);
  }
  const { bias, type } = fusedOperations(context);
  const product = operators.matrixProduct(context.graph, inputAt(context, 0), constantAt(context, 1), bias);
  return operators.activation(context.graph, type, product);
}

/** What `fused_ops` adds to an operation: a bias, the third input, and an activation. */
function fusedOperations(context: Context): { bias: Tensor | undefined; type: string } {
  const fused = (context.node.attr?.['fused_ops']?.list?.s ?? []).map(fromBase64);
  const type = fused.find((name) => name !== 'BiasAdd')?.toLowerCase() ?? 'linear';
  return { bias: fused.includes('BiasAdd') ? constantAt(context, 2) : undefined, type };
}

function pool(context: Context, type: 'MaxPool' | 'AveragePool'): Value {
  const kernel = heightAndWidth(context, 'ksize', 1);
  return operators.pool(context.graph, type, inputAt(context, 0), kernel, windowOf(context));
}

function windowOf(context: Context): operators.Window {
  const padding = fromBase64(context.node.attr?.['padding']?.s ?? '');
  if (padding !== 'SAME' && padding !== 'VALID') {
    throw new Error(`Node ${context.node.name} has the unsupported padding "${padding}"`);
  }
  return { padding, strides: heightAndWidth(context, 'strides', 1) };
}

/** Height and width in a list of batch, height, width and channels. */
function heightAndWidth(context: Context, attribute: string, fallback: number): [number, number] {
  const [, height = fallback, width = fallback] = integerList(context, attribute);
  return [height, width];
}

function integerList({ node }: Context, attribute: string): number[] {
  return (node.attr?.[attribute]?.list?.i ?? []).map(Number);
}

function inputAt({ node, inputs }: Context, index: number): Value {
  const value = inputs[index];
  if (value === undefined) throw new Error(`Node ${node.name} has no input ${index}`);
  return value;
}

function constantAt(context: Context, index: number): Tensor {
  const { constant } = inputAt(context, index);
  if (constant === undefined) {
    throw new Error(`Input ${index} of node ${context.node.name} is not constant, which is not supported`);
  }
  return constant;
}

function integersAt(context: Context, index: number): number[] {
  return [...constantAt(context, index).data];
}

function fromBase64(text: string): string {
  return Buffer.from(text, 'base64').toString('latin1');
}
