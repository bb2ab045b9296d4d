import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { message, text, writeOnnx } from '../server/inference/onnx/onnx-writer.js';

/** A `TensorProto` of nine floats whose values are in another file. Field numbers are those of onnx.proto. */
export function externalTensor(writer: BinaryWriter, name: string, location: string): void {
  for (let side = 0; side < 2; side++) writer.tag(1, WireType.Varint).int64(3);
  writer.tag(2, WireType.Varint).int64(1);
  text(writer, 8, name);
  for (const [key, value] of [
    ['location', location],
    ['offset', '0'],
    ['length', '36'],
  ] as const) {
    message(writer, 13, (entry) => {
      text(entry, 1, key);
      text(entry, 2, value);
    });
  }
  writer.tag(14, WireType.Varint).int64(1);
}

/** A model like that of examples/classifiers/brightness, whose weights are the first bytes of another file. */
export function writeExternalModel(location: string): Uint8Array {
  const graph = writeOnnx({
    nodes: [
      { type: 'GlobalAveragePool', inputs: ['input'], output: 'means', attributes: {} },
      { type: 'Flatten', inputs: ['means'], output: 'color', attributes: {} },
      { type: 'Gemm', inputs: ['color', 'weights'], output: 'logits', attributes: {} },
    ],
    constants: new Map(),
    inputs: [{ name: 'input', shape: [1, 3, 64, 64] }],
    outputs: [{ name: 'logits', shape: [1, 3] }],
  });
  // A field that occurs twice is merged: this adds the tensor to the graph.
  const weights = new BinaryWriter();
  message(weights, 7, (body) => message(body, 5, (tensor) => externalTensor(tensor, 'weights', location)));
  return Buffer.concat([graph, weights.finish()]);
}
