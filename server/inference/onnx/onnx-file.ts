import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { message, text, writeAttribute, writeTensor, type AttributeValue } from './onnx-writer.js';

/** An operator of a graph. */
export interface OnnxOperator {
  readonly type: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Encoded `AttributeProto` messages by the names of the attributes. */
  readonly attributes: ReadonlyMap<string, Uint8Array>;
}

/** A constant tensor of floats. */
export interface OnnxFloats {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** An ONNX file whose operators and float constants can be replaced. The rest of it is kept as it is. */
export interface OnnxFile {
  readonly operators: readonly OnnxOperator[];
  /** Float constants by name, both initializers and `Constant` operators. */
  readonly floats: ReadonlyMap<string, OnnxFloats>;
  /** Names of the outputs of the graph. */
  readonly outputs: ReadonlySet<string>;
  /** Other fields: of the `ModelProto` except the graph, and of the `GraphProto` except operators and floats. */
  readonly model: readonly Field[];
  readonly graph: readonly Field[];
}

/** A field of a protobuf message, with its bytes as they are in the file. */
type Field = readonly [number: number, type: WireType, bytes: Uint8Array];

// Field numbers and types are those of onnx.proto.
const floatType = 1;
const utf8 = new TextDecoder();

/** Decodes a `ModelProto`. @throws Error for other bytes */
export function readOnnxFile(bytes: Uint8Array): OnnxFile {
  const model = fieldsOf(bytes);
  const graph = fieldsOf(contentOf(model, 7));
  const operators: OnnxOperator[] = [];
  const floats = new Map<string, OnnxFloats>();
  const rest: Field[] = [];
  for (const field of graph) {
    const [number, , content] = field;
    const operator = number === 1 ? readOperator(content) : undefined;
    const tensor =
      number === 5 ? readFloats(content) : operator?.type === 'Constant' ? readConstant(operator) : undefined;
    if (tensor !== undefined) floats.set(tensor.name, tensor);
    else if (operator !== undefined) operators.push(operator);
    else rest.push(field);
  }
  const outputs = new Set(graph.filter(([number]) => number === 12).map(([, , port]) => textOf(fieldsOf(port), 1)));
  return { operators, floats, outputs, model: model.filter(([number]) => number !== 7), graph: rest };
}

/** What a `ModelProto` says of itself, by key. */
export function readMetadata(bytes: Uint8Array): ReadonlyMap<string, string> {
  const entries = fieldsOf(bytes).filter(([number]) => number === 14);
  return new Map(entries.map(([, , entry]) => [textOf(fieldsOf(entry), 1), textOf(fieldsOf(entry), 2)]));
}

/** Encodes a `ModelProto`. Constants that no operator uses are left out. */
export function writeOnnxFile({ operators, floats, model, graph }: OnnxFile): Uint8Array {
  const writer = new BinaryWriter();
  for (const field of model) write(writer, field);
  message(writer, 7, (body) => {
    for (const operator of operators) message(body, 1, (inside) => writeOperator(inside, operator));
    const used = new Set(operators.flatMap(({ inputs }) => inputs));
    for (const [name, tensor] of floats) {
      if (used.has(name)) message(body, 5, (inside) => writeTensor(inside, name, tensor));
    }
    for (const field of graph) write(body, field);
  });
  return writer.finish();
}

function writeOperator(writer: BinaryWriter, { type, inputs, outputs, attributes }: OnnxOperator): void {
  for (const input of inputs) text(writer, 1, input);
  for (const output of outputs) text(writer, 2, output);
  text(writer, 4, type);
  for (const attribute of attributes.values()) writer.tag(5, WireType.LengthDelimited).bytes(attribute);
}

/** The integers of an attribute, or an empty list where the operator does not have it. */
export function integersOf({ attributes }: OnnxOperator, name: string): number[] {
  const attribute = attributes.get(name);
  return attribute === undefined ? [] : integersIn(fieldsOf(attribute), 8);
}

/** An encoded `AttributeProto` with its name. */
export function attributeOf(name: string, value: AttributeValue): readonly [name: string, message: Uint8Array] {
  const writer = new BinaryWriter();
  writeAttribute(writer, name, value);
  return [name, writer.finish()];
}

function readOperator(bytes: Uint8Array): OnnxOperator {
  const fields = fieldsOf(bytes);
  const texts = (wanted: number): string[] =>
    fields.filter(([number]) => number === wanted).map(([, , content]) => decode(content));
  const attributes = fields
    .filter(([number]) => number === 5)
    .map(([, , content]) => [textOf(fieldsOf(content), 1), content] as const);
  return { type: textOf(fields, 4), inputs: texts(1), outputs: texts(2), attributes: new Map(attributes) };
}

function readConstant({ outputs, attributes }: OnnxOperator): (OnnxFloats & { name: string }) | undefined {
  const value = attributes.get('value');
  const tensor = value === undefined ? undefined : readFloats(contentOf(fieldsOf(value), 5));
  return tensor === undefined ? undefined : { ...tensor, name: outputs[0] ?? '' };
}

/** Decodes a `TensorProto` of floats; undefined for one of another type. */
function readFloats(bytes: Uint8Array): (OnnxFloats & { name: string }) | undefined {
  const fields = fieldsOf(bytes);
  if (integersIn(fields, 2)[0] !== floatType) return undefined;
  // Raw bytes or packed floats, both little-endian.
  const list = fields.filter(([number]) => number === 4 || number === 9).map(([, , content]) => content);
  const data = new Float32Array(list.reduce((sum, { length }) => sum + length, 0) / 4);
  let at = 0;
  for (const content of list) {
    new Uint8Array(data.buffer).set(content, at);
    at += content.length;
  }
  return { name: textOf(fields, 8), shape: integersIn(fields, 1), data };
}

/** The integers of a repeated field, packed or not. */
function integersIn(fields: readonly Field[], wanted: number): number[] {
  return fields
    .filter(([number]) => number === wanted)
    .flatMap(([, , content]) => {
      const reader = new BinaryReader(content);
      const integers: number[] = [];
      while (reader.pos < reader.len) integers.push(Number(reader.int64()));
      return integers;
    });
}

/** The fields of a message. Those with a length come without it. */
function fieldsOf(bytes: Uint8Array): Field[] {
  const reader = new BinaryReader(bytes);
  const fields: Field[] = [];
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    fields.push([number, type, type === WireType.LengthDelimited ? reader.bytes() : reader.skip(type, number)]);
  }
  return fields;
}

function write(writer: BinaryWriter, [number, type, bytes]: Field): void {
  writer.tag(number, type);
  if (type === WireType.LengthDelimited) writer.bytes(bytes);
  else writer.raw(bytes);
}

function contentOf(fields: readonly Field[], wanted: number): Uint8Array {
  const found = fields.find(([number]) => number === wanted);
  if (found === undefined) throw new Error('Not an ONNX file');
  return found[2];
}

function textOf(fields: readonly Field[], wanted: number): string {
  const found = fields.find(([number]) => number === wanted);
  return found === undefined ? '' : decode(found[2]);
}

function decode(bytes: Uint8Array): string {
  return utf8.decode(bytes);
}
