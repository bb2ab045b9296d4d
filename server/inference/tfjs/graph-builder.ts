import { writeOnnx, type AttributeValue, type OnnxNode, type OnnxPort } from '../onnx/onnx-writer.js';
import { transpose, type Tensor } from './tensor.js';

/**
 * A tensor of the graph. TF.js stores images as rows of pixels (NHWC), ONNX computes on planes (NCHW). `shape` is
 * always that of TF.js, `layout` that of the values in the ONNX graph.
 */
export interface Value {
  readonly name: string;
  /** A side of -1 is dynamic. */
  readonly shape: readonly number[];
  readonly layout: 'rows' | 'planes';
  /** The values, if they are constant. */
  readonly constant?: Tensor;
}

/** Axes of TF.js in the order of ONNX, and vice versa. */
export const toPlanes: readonly number[] = [0, 3, 1, 2];
const toRows: readonly number[] = [0, 2, 3, 1];

/** Collects the operators of an ONNX graph. */
export class GraphBuilder {
  readonly #nodes: OnnxNode[] = [];
  readonly #constants = new Map<string, Tensor>();
  readonly #inputs: OnnxPort[] = [];
  readonly #outputs: OnnxPort[] = [];
  /** The value in the other layout, by name, so that every value is transposed once. */
  readonly #transposed = new Map<string, Value>();
  #count = 0;

  /** Declares an input in rows. */
  input(name: string, shape: readonly number[]): Value {
    this.#inputs.push({ name, shape });
    return { name, shape, layout: 'rows' };
  }

  /** Declares an output in rows. */
  output(name: string, value: Value): void {
    this.#outputs.push({ name, shape: value.shape });
    this.#nodes.push({ type: 'Identity', inputs: [this.rows(value).name], output: name, attributes: {} });
  }

  /** A constant. It becomes part of the graph when an operator uses it. */
  constant(tensor: Tensor): Value {
    return { name: '', shape: tensor.shape, layout: 'rows', constant: tensor };
  }

  /** Adds a constant to the graph. @returns its name */
  initializer(tensor: Tensor): string {
    const name = this.#newName('constant');
    this.#constants.set(name, tensor);
    return name;
  }

  /** Adds integers to the graph, such as a shape, axes or paddings. @returns their name */
  integers(...numbers: readonly number[]): string {
    return this.initializer({ shape: [numbers.length], data: Int32Array.from(numbers) });
  }

  /** Adds an operator. @returns the name of its output */
  node(type: string, inputs: readonly string[], attributes: Readonly<Record<string, AttributeValue>> = {}): string {
    const output = this.#newName(type);
    this.#nodes.push({ type, inputs, output, attributes });
    return output;
  }

  /** The value in rows. */
  rows(value: Value): Value {
    return this.#inLayout(value, 'rows');
  }

  /** The value in planes. It must be an image. */
  planes(value: Value): Value {
    return this.#inLayout(value, 'planes');
  }

  /** The graph as an ONNX file. */
  finish(): Uint8Array {
    return writeOnnx({ nodes: this.#nodes, constants: this.#constants, inputs: this.#inputs, outputs: this.#outputs });
  }

  #inLayout(value: Value, layout: Value['layout']): Value {
    const { shape, constant } = value;
    if (value.layout === layout && value.name !== '') return value;
    if (layout === 'planes' && shape.length !== 4) throw new Error(`A tensor of ${shape.length} axes is not an image`);
    if (constant !== undefined) {
      const name = this.initializer(layout === 'planes' ? transpose(constant, toPlanes) : constant);
      return { name, shape, layout, constant };
    }
    const existing = this.#transposed.get(value.name);
    if (existing !== undefined) return existing;
    const name = this.node('Transpose', [value.name], { perm: layout === 'planes' ? toPlanes : toRows });
    const transposed: Value = { name, shape, layout };
    this.#transposed.set(value.name, transposed);
    this.#transposed.set(name, value);
    return transposed;
  }

  #newName(type: string): string {
    return `${type}_${this.#count++}`;
  }
}
