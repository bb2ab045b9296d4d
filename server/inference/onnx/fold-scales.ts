import {
  attributeOf,
  integersOf,
  readOnnxFile,
  writeOnnxFile,
  type OnnxFile,
  type OnnxFloats,
  type OnnxOperator,
} from './onnx-file.js';

/**
 * Makes a network of PaddleOCR faster without changing what it computes. PP-LCNetV3 scales and shifts by a learned
 * number behind every convolution and every activation, and exports its hard swish, x * clip(x + 3, 0, 6) / 6, as four
 * operators: eight passes over memory per convolution. Here the numbers move into the weights of the convolution before
 * or behind them, and the hard swish becomes the two operators that ONNX Runtime fuses into a convolution. What is left
 * becomes a convolution of one weight per channel, which keeps the memory layout of the planes.
 */
export function foldScales(onnx: Uint8Array): Uint8Array {
  const file = readOnnxFile(onnx);
  const graph = new Graph(file);
  foldIntoConvolutionsBefore(graph);
  joinHardSwish(graph);
  foldIntoConvolutionsBehind(graph);
  return writeOnnxFile({ ...file, operators: graph.operators, floats: graph.floats });
}

/** x * scale + shift. */
interface Affine {
  readonly scale: number;
  readonly shift: number;
}

/** An operator with a single constant number, and the value that it applies it to. */
interface ScalarOperation extends Affine {
  readonly input: string;
}

/** A multiplication and the addition behind it. */
interface ScaleAndShift extends ScalarOperation {
  readonly operators: readonly [multiplication: OnnxOperator, addition: OnnxOperator];
  readonly output: string;
}

/** The weights of a convolution, and its bias, of zeros where it has none. */
interface Weights {
  readonly weight: OnnxFloats;
  readonly bias: Float32Array;
}

/** A graph that is changed in place. */
class Graph {
  readonly operators: OnnxOperator[];
  readonly floats: Map<string, OnnxFloats>;
  readonly outputs: ReadonlySet<string>;
  #count = 0;

  constructor({ operators, floats, outputs }: OnnxFile) {
    this.operators = [...operators];
    this.floats = new Map(floats);
    this.outputs = outputs;
  }

  ofType(type: string): OnnxOperator[] {
    return this.operators.filter((operator) => operator.type === type);
  }

  /** The operators that have a value as an input. */
  consumersOf(name: string): OnnxOperator[] {
    return this.operators.filter(({ inputs }) => inputs.includes(name));
  }

  /** The only consumer of a value, if it has a single one, of this type, and is not an output of the graph. */
  soleConsumer(name: string | undefined, type: string): OnnxOperator | undefined {
    if (name === undefined || this.outputs.has(name)) return undefined;
    const [consumer, ...others] = this.consumersOf(name);
    return others.length === 0 && consumer?.type === type ? consumer : undefined;
  }

  /** What an operator does with a single constant number; undefined for other operators. */
  scalarOperation({ type, inputs: [a = '', b = ''] }: OnnxOperator): ScalarOperation | undefined {
    for (const [input, constant] of [
      [a, b],
      [b, a],
    ] as const) {
      const [number, ...others] = this.floats.get(constant)?.data.subarray(0, 2) ?? [];
      if (number === undefined || others.length > 0 || this.floats.has(input)) continue;
      if (type === 'Mul') return { input, scale: number, shift: 0 };
      if (type === 'Add') return { input, scale: 1, shift: number };
      if (type === 'Div' && constant === b) return { input, scale: 1 / number, shift: 0 };
    }
    return undefined;
  }

  /** Replaces operators by others, at the position of the first of them. */
  replace(old: readonly [OnnxOperator, ...OnnxOperator[]], ...operators: readonly OnnxOperator[]): void {
    const at = this.operators.indexOf(old[0]);
    for (const operator of old) this.operators.splice(this.operators.indexOf(operator), 1);
    this.operators.splice(at, 0, ...operators);
  }

  /** Adds a constant. @returns its name */
  add(shape: readonly number[], data: Float32Array): string {
    const name = `folded.${this.#count++}`;
    this.floats.set(name, { shape, data });
    return name;
  }

  /** The weights of a convolution; undefined where they are not constant, and for other operators. */
  weightsOf({ type, inputs }: OnnxOperator): Weights | undefined {
    const weight = type === 'Conv' ? this.floats.get(inputs[1] ?? '') : undefined;
    const bias = this.floats.get(inputs[2] ?? '')?.data;
    if (weight === undefined || (inputs.length > 2 && bias === undefined)) return undefined;
    return { weight, bias: bias ?? new Float32Array(weight.shape[0] ?? 0) };
  }

  /** Number of channels of a value that comes from a convolution, through operators that keep the channels. */
  channelsOf(name: string): number | undefined {
    const operator = this.operators.find(({ outputs }) => outputs.includes(name));
    if (operator === undefined) return undefined;
    if (operator.type === 'Conv') return this.floats.get(operator.inputs[1] ?? '')?.shape[0];
    return keepsChannels.has(operator.type) ? this.channelsOf(operator.inputs[0] ?? '') : undefined;
  }
}

const keepsChannels = new Set(['HardSigmoid', 'Mul', 'Add', 'Relu', 'Clip']);

/** Folds scales and shifts into the convolution whose output they apply to. */
function foldIntoConvolutionsBefore(graph: Graph): void {
  for (let index = 0; index < graph.operators.length; index++) {
    // A convolution is replaced at its position, and may have another scale or shift behind it.
    for (;;) {
      const convolution = graph.operators[index]!;
      const weights = graph.weightsOf(convolution);
      const [output] = convolution.outputs;
      const next = graph.soleConsumer(output, 'Mul') ?? graph.soleConsumer(output, 'Add');
      const affine = next === undefined ? undefined : graph.scalarOperation(next);
      if (weights === undefined || next === undefined || affine === undefined) break;
      const weight = graph.add(
        weights.weight.shape,
        weights.weight.data.map((value) => value * affine.scale),
      );
      const bias = graph.add(
        [weights.bias.length],
        weights.bias.map((value) => value * affine.scale + affine.shift),
      );
      graph.replace([convolution, next], {
        ...convolution,
        inputs: [convolution.inputs[0]!, weight, bias],
        outputs: next.outputs,
      });
    }
  }
}

function joinHardSwish(graph: Graph): void {
  for (const addition of graph.ofType('Add')) {
    const shift = graph.scalarOperation(addition);
    const clip = graph.soleConsumer(addition.outputs[0], 'Clip');
    const product = graph.soleConsumer(clip?.outputs[0], 'Mul');
    const division = graph.soleConsumer(product?.outputs[0], 'Div');
    if (shift?.shift !== 3 || clip === undefined || product === undefined || division === undefined) continue;
    if (!product.inputs.includes(shift.input) || graph.scalarOperation(division)?.scale !== 1 / 6) continue;
    const gate = `${division.outputs[0]}.gate`;
    const attributes = new Map([attributeOf('alpha', { float: 1 / 6 }), attributeOf('beta', { float: 0.5 })]);
    graph.replace(
      [addition, clip, product, division],
      { type: 'HardSigmoid', inputs: [shift.input], outputs: [gate], attributes },
      { type: 'Mul', inputs: [shift.input, gate], outputs: division.outputs, attributes: new Map() },
    );
  }
}

/**
 * Folds scales and shifts into the convolutions that consume them, or makes them a convolution where that is
 * impossible.
 */
function foldIntoConvolutionsBehind(graph: Graph): void {
  // Changes to the graph leave the multiplications of this list as they are.
  for (const multiplication of graph.ofType('Mul')) {
    const found = findScaleAndShift(graph, multiplication);
    if (found === undefined) continue;
    if (!foldIntoConsumers(graph, found)) makeConvolution(graph, found);
  }
}

function findScaleAndShift(graph: Graph, multiplication: OnnxOperator): ScaleAndShift | undefined {
  const scale = graph.scalarOperation(multiplication);
  const addition = graph.soleConsumer(multiplication.outputs[0], 'Add');
  const shift = addition === undefined ? undefined : graph.scalarOperation(addition);
  if (scale === undefined || addition === undefined || shift === undefined) return undefined;
  const [output = ''] = addition.outputs;
  if (graph.outputs.has(output)) return undefined;
  const operators = [multiplication, addition] as const;
  return { operators, input: scale.input, scale: scale.scale, shift: shift.shift, output };
}

/** @returns whether that was possible: all consumers must be convolutions that take it, else nothing is changed */
function foldIntoConsumers(graph: Graph, found: ScaleAndShift): boolean {
  const consumers = graph.consumersOf(found.output).map((convolution) => ({
    convolution,
    weights: isPadded(convolution) ? undefined : graph.weightsOf(convolution),
  }));
  if (consumers.some(({ weights }) => weights === undefined)) return false;
  for (const { convolution, weights } of consumers) {
    if (weights !== undefined) graph.replace([convolution], foldInto(graph, convolution, weights, found));
  }
  graph.replace(found.operators);
  return true;
}

/**
 * Whether a convolution surrounds its input with zeros: they are not shifted, so that a shift cannot be folded into it.
 */
function isPadded(convolution: OnnxOperator): boolean {
  return integersOf(convolution, 'pads').some((pad) => pad > 0);
}

/** The convolution of x with the same result as a convolution of x * scale + shift. */
function foldInto(
  graph: Graph,
  convolution: OnnxOperator,
  { weight, bias }: Weights,
  { input, scale, shift }: ScalarOperation,
): OnnxOperator {
  const size = weight.data.length / bias.length;
  const sums = bias.map((_, channel) =>
    weight.data.subarray(channel * size, (channel + 1) * size).reduce((sum, value) => sum + value, 0),
  );
  const newWeight = graph.add(
    weight.shape,
    weight.data.map((value) => value * scale),
  );
  const newBias = graph.add(
    [bias.length],
    bias.map((value, channel) => value + shift * sums[channel]!),
  );
  return { ...convolution, inputs: [input, newWeight, newBias] };
}

/**
 * Replaces a multiplication and an addition by a convolution of one weight per channel, where their number is known.
 */
function makeConvolution(graph: Graph, { operators, input, output, scale, shift }: ScaleAndShift): void {
  const channels = graph.channelsOf(input);
  if (channels === undefined) return;
  const weight = graph.add([channels, 1, 1, 1], new Float32Array(channels).fill(scale));
  const bias = graph.add([channels], new Float32Array(channels).fill(shift));
  const attributes = new Map([attributeOf('kernel_shape', [1, 1]), attributeOf('group', channels)]);
  graph.replace(operators, { type: 'Conv', inputs: [input, weight, bias], outputs: [output], attributes });
}
