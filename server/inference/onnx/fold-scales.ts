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
 * Makes a network of PaddleOCR faster without changing what it computes. PP-LCNetV3 scales and shifts by a learned number
 * behind every convolution and every activation, and its hard swish, x * clip(x + 3, 0, 6) / 6, comes as four operators:
 * eight passes over memory a convolution. Numbers go into the weights of the convolution before or behind, the hard swish
 * becomes the two operators that ONNX Runtime fuses into the convolution, and what is left becomes a convolution of one
 * weight a channel, since planes keep their layout in one.
 */
export function foldScales(onnx: Uint8Array): Uint8Array {
  const file = readOnnxFile(onnx);
  const graph = new Graph(file);
  foldBehindConvolutions(graph);
  joinHardSwish(graph);
  foldBeforeConvolutions(graph);
  return writeOnnxFile({ ...file, operators: graph.operators, floats: graph.floats });
}

/** x * scale + shift. */
interface Affine {
  readonly scale: number;
  readonly shift: number;
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

  takersOf(name: string): OnnxOperator[] {
    return this.operators.filter(({ inputs }) => inputs.includes(name));
  }

  /** The only operator that takes a value, where it is of this type. */
  onlyTaker(name: string | undefined, type: string): OnnxOperator | undefined {
    if (name === undefined || this.outputs.has(name)) return undefined;
    const [taker, ...others] = this.takersOf(name);
    return others.length === 0 && taker?.type === type ? taker : undefined;
  }

  /** What an operator with a single number does, and the value that it does it to. */
  scalarOf({ type, inputs: [a = '', b = ''] }: OnnxOperator): (Affine & { input: string }) | undefined {
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

  /** Exchanges some operators for others, which stand where the first of them stood. */
  replace(old: readonly OnnxOperator[], ...operators: readonly OnnxOperator[]): void {
    const at = this.operators.indexOf(old[0]!);
    for (const operator of old) this.operators.splice(this.operators.indexOf(operator), 1);
    this.operators.splice(at, 0, ...operators);
  }

  add(shape: readonly number[], data: Float32Array): string {
    const name = `folded.${this.#count++}`;
    this.floats.set(name, { shape, data });
    return name;
  }

  /** Weights of a convolution, where they are known. */
  weightsOf({ type, inputs }: OnnxOperator): { weight: OnnxFloats; bias: Float32Array } | undefined {
    const weight = type === 'Conv' ? this.floats.get(inputs[1] ?? '') : undefined;
    const given = this.floats.get(inputs[2] ?? '')?.data;
    if (weight === undefined || (inputs.length > 2 && given === undefined)) return undefined;
    return { weight, bias: given ?? new Float32Array(weight.shape[0] ?? 0) };
  }

  /** Channels of a value that a convolution gave, through operators that keep them. */
  channelsOf(name: string): number | undefined {
    const operator = this.operators.find(({ outputs }) => outputs.includes(name));
    if (operator === undefined) return undefined;
    if (operator.type === 'Conv') return this.floats.get(operator.inputs[1] ?? '')?.shape[0];
    return keepsChannels.has(operator.type) ? this.channelsOf(operator.inputs[0] ?? '') : undefined;
  }
}

const keepsChannels = new Set(['HardSigmoid', 'Mul', 'Add', 'Relu', 'Clip']);

function foldBehindConvolutions(graph: Graph): void {
  for (let index = 0; index < graph.operators.length; index++) {
    for (;;) {
      const convolution = graph.operators[index]!;
      const known = graph.weightsOf(convolution);
      const [output] = convolution.outputs;
      const next = graph.onlyTaker(output, 'Mul') ?? graph.onlyTaker(output, 'Add');
      const affine = next === undefined ? undefined : graph.scalarOf(next);
      if (known === undefined || next === undefined || affine === undefined) break;
      const weight = graph.add(
        known.weight.shape,
        known.weight.data.map((value) => value * affine.scale),
      );
      const bias = graph.add(
        [known.bias.length],
        known.bias.map((value) => value * affine.scale + affine.shift),
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
  for (const shifted of graph.operators.filter(({ type }) => type === 'Add')) {
    const shift = graph.scalarOf(shifted);
    const clip = graph.onlyTaker(shifted.outputs[0], 'Clip');
    const product = graph.onlyTaker(clip?.outputs[0], 'Mul');
    const divided = graph.onlyTaker(product?.outputs[0], 'Div');
    if (shift?.shift !== 3 || clip === undefined || product === undefined || divided === undefined) continue;
    if (!product.inputs.includes(shift.input) || graph.scalarOf(divided)?.scale !== 1 / 6) continue;
    const gate = `${divided.outputs[0]}.gate`;
    const attributes = new Map([attributeOf('alpha', { float: 1 / 6 }), attributeOf('beta', { float: 0.5 })]);
    graph.replace(
      [shifted, clip, product, divided],
      { type: 'HardSigmoid', inputs: [shift.input], outputs: [gate], attributes },
      { type: 'Mul', inputs: [shift.input, gate], outputs: divided.outputs, attributes: new Map() },
    );
  }
}

function foldBeforeConvolutions(graph: Graph): void {
  for (const scaled of graph.operators.filter(({ type }) => type === 'Mul')) {
    const scale = graph.scalarOf(scaled);
    const shifted = graph.onlyTaker(scaled.outputs[0], 'Add');
    const shift = shifted === undefined ? undefined : graph.scalarOf(shifted);
    if (scale === undefined || shifted === undefined || shift === undefined) continue;
    const affine = { scale: scale.scale, shift: shift.shift };
    const [output = ''] = shifted.outputs;
    if (graph.outputs.has(output)) continue;
    const takers = graph.takersOf(output);
    // Zeros around a plane are put there behind the shift, so that it cannot go into such a convolution.
    const folded = takers.map((taker) =>
      integersOf(taker, 'pads').some((pad) => pad > 0) ? undefined : foldInto(graph, taker, scale.input, affine),
    );
    if (folded.every((taker) => taker !== undefined)) {
      for (const [index, taker] of takers.entries()) graph.replace([taker], folded[index]!);
      graph.replace([scaled, shifted]);
      continue;
    }
    const channels = graph.channelsOf(scale.input);
    if (channels === undefined) continue;
    const weight = graph.add([channels, 1, 1, 1], new Float32Array(channels).fill(affine.scale));
    const bias = graph.add([channels], new Float32Array(channels).fill(affine.shift));
    const attributes = new Map([attributeOf('kernel_shape', [1, 1]), attributeOf('group', channels)]);
    graph.replace([scaled, shifted], {
      type: 'Conv',
      inputs: [scale.input, weight, bias],
      outputs: [output],
      attributes,
    });
  }
}

/** The convolution of x that gives what it gave for x * scale + shift. */
function foldInto(
  graph: Graph,
  convolution: OnnxOperator,
  input: string,
  { scale, shift }: Affine,
): OnnxOperator | undefined {
  const known = graph.weightsOf(convolution);
  if (known === undefined) return undefined;
  const { weight, bias } = known;
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
