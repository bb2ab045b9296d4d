import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import type { Tensor } from '../tfjs/tensor.js';

/** A value of an attribute. Numbers are written as integers, unless they are given as `{ float }`. */
export type AttributeValue = number | string | readonly number[] | { readonly float: number };

export interface OnnxNode {
  readonly type: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}

/** Name and shape of an input or output of the graph. A side of -1 is dynamic. */
export interface OnnxPort {
  readonly name: string;
  readonly shape: readonly number[];
}

export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly constants: ReadonlyMap<string, Tensor>;
  readonly inputs: readonly OnnxPort[];
  readonly outputs: readonly OnnxPort[];
}

/** https://github.com/onnx/onnx/blob/main/docs/Versioning.md */
const irVersion = 8;
const opsetVersion = 17;
/** TensorProto.DataType. Integers always have 64 bits, which operators expect of shapes and axes. */
const dataType = { float: 1, int64: 7 } as const;
/** AttributeProto.AttributeType */
const attributeType = { float: 1, int: 2, string: 3, ints: 7 } as const;

/** Encodes a graph as an ONNX `ModelProto`. Field numbers are those of onnx.proto. */
export function writeOnnx(graph: OnnxGraph): Uint8Array {
  const model = new BinaryWriter();
  int(model, 1, irVersion);
  text(model, 2, 'visiond');
  message(model, 7, (body) => writeGraph(body, graph));
  message(model, 8, (opset) => {
    text(opset, 1, '');
    int(opset, 2, opsetVersion);
  });
  return model.finish();
}

function writeGraph(writer: BinaryWriter, { nodes, constants, inputs, outputs }: OnnxGraph): void {
  for (const node of nodes) message(writer, 1, (body) => writeNode(body, node));
  text(writer, 2, 'graph');
  for (const [name, tensor] of constants) message(writer, 5, (body) => writeTensor(body, name, tensor));
  for (const port of inputs) message(writer, 11, (body) => writePort(body, port));
  for (const port of outputs) message(writer, 12, (body) => writePort(body, port));
}

function writeNode(writer: BinaryWriter, { type, inputs, output, attributes }: OnnxNode): void {
  for (const input of inputs) text(writer, 1, input);
  text(writer, 2, output);
  text(writer, 3, output);
  text(writer, 4, type);
  for (const [name, value] of Object.entries(attributes)) {
    message(writer, 5, (body) => writeAttribute(body, name, value));
  }
}

/** The body of an `AttributeProto`. */
export function writeAttribute(writer: BinaryWriter, name: string, value: AttributeValue): void {
  text(writer, 1, name);
  if (typeof value === 'number') {
    int(writer, 3, value);
    int(writer, 20, attributeType.int);
  } else if (typeof value === 'string') {
    text(writer, 4, value);
    int(writer, 20, attributeType.string);
  } else if ('float' in value) {
    writer.tag(2, WireType.Bit32).float(value.float);
    int(writer, 20, attributeType.float);
  } else {
    for (const item of value) int(writer, 8, item);
    int(writer, 20, attributeType.ints);
  }
}

/** The body of a `TensorProto`. */
export function writeTensor(writer: BinaryWriter, name: string, { shape, data }: Tensor): void {
  for (const side of shape) int(writer, 1, side);
  const isFloat = data instanceof Float32Array;
  int(writer, 2, isFloat ? dataType.float : dataType.int64);
  text(writer, 8, name);
  const values = isFloat ? data : BigInt64Array.from(data, BigInt);
  writer.tag(9, WireType.LengthDelimited).bytes(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
}

function writePort(writer: BinaryWriter, { name, shape }: OnnxPort): void {
  text(writer, 1, name);
  message(writer, 2, (type) => {
    message(type, 1, (tensor) => {
      int(tensor, 1, dataType.float);
      message(tensor, 2, (body) => {
        for (const [axis, side] of shape.entries()) {
          message(body, 1, (dimension) => (side < 0 ? text(dimension, 2, `side${axis}`) : int(dimension, 1, side)));
        }
      });
    });
  });
}

function int(writer: BinaryWriter, field: number, value: number): void {
  writer.tag(field, WireType.Varint).int64(value);
}

export function text(writer: BinaryWriter, field: number, value: string): void {
  writer.tag(field, WireType.LengthDelimited).string(value);
}

export function message(writer: BinaryWriter, field: number, write: (body: BinaryWriter) => void): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  write(writer);
  writer.join();
}
