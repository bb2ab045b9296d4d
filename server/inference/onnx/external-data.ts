import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';

/** Which fields of a message lead to tensors, by their numbers in onnx.proto. */
interface Way {
  readonly [field: number]: () => Way;
}

// Fields of TensorProto: where its values are, and whether they are there. 0 is in the tensor itself.
const externalData = 13;
const dataLocation = 14;

const tensor: Way = {};
const toTensor = (): Way => tensor;
const sparseTensor: Way = { 1: toTensor, 2: toTensor };
const toSparseTensor = (): Way => sparseTensor;
const toGraph = (): Way => graph;
const attribute: Way = { 5: toTensor, 6: toGraph, 10: toTensor, 11: toGraph, 22: toSparseTensor, 23: toSparseTensor };
const toAttribute = (): Way => attribute;
const node: Way = { 5: toAttribute };
const toNode = (): Way => node;
const graph: Way = { 1: toNode, 5: toTensor, 15: toSparseTensor };
const training: Way = { 1: toGraph, 2: toGraph };
const operatorFunction: Way = { 7: toNode, 11: toAttribute };
const model: Way = { 7: toGraph, 20: () => training, 25: () => operatorFunction };

/**
 * Whether an ONNX model takes values from other files. ONNX Runtime reads any file below the working directory that a
 * model names, so that such a model could put out the content of other files.
 * @throws Error if the bytes are not a protobuf message
 */
export function hasExternalData(onnx: Uint8Array): boolean {
  return leadsOutside(onnx, model);
}

function leadsOutside(bytes: Uint8Array, way: Way): boolean {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (way === tensor && field === externalData) return true;
    if (way === tensor && field === dataLocation && type === WireType.Varint) {
      if (reader.uint64().toString() !== '0') return true;
      continue;
    }
    const next = way[field];
    if (next === undefined || type !== WireType.LengthDelimited) reader.skip(type, field);
    else if (leadsOutside(reader.bytes(), next())) return true;
  }
  return false;
}
