import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { describe, expect, it } from 'vitest';
import { externalTensor, writeExternalModel } from '../../../test/external-data-model.js';
import { repositoryRoot } from '../../paths.js';
import { hasExternalData } from './external-data.js';
import { message } from './onnx-writer.js';

/** A tensor elsewhere, within the messages in these fields. */
function within(...fields: readonly number[]): Uint8Array {
  const writer = new BinaryWriter();
  const write = (body: BinaryWriter, [field, ...others]: readonly number[]): void => {
    if (field === undefined) externalTensor(body, 'w', 'weights.bin');
    else message(body, field, (inside) => write(inside, others));
  };
  write(writer, fields);
  return writer.finish();
}

describe('hasExternalData', () => {
  it('says no of a model that is one file', () => {
    const model = readFileSync(join(repositoryRoot, 'examples/classifiers/brightness/model.onnx'));
    expect([hasExternalData(model), hasExternalData(new Uint8Array())]).toEqual([false, false]);
  });

  it.each([
    ['a weight', [7, 5]],
    ['the values of a sparse weight', [7, 15, 1]],
    ['the indices of a sparse weight', [7, 15, 2]],
    ['a constant', [7, 1, 5, 5]],
    ['one of a list of tensors', [7, 1, 5, 10]],
    ['a sparse constant', [7, 1, 5, 22, 1]],
    ['one of a list of sparse tensors', [7, 1, 5, 23, 1]],
    ['a weight of a branch', [7, 1, 5, 6, 5]],
    ['a constant of one of many branches', [7, 1, 5, 11, 1, 5, 5]],
    ['a constant of a function', [25, 7, 5, 5]],
    ['a default of a function', [25, 11, 5]],
    ['a weight of the training', [20, 1, 5]],
    ['a constant of the training', [20, 2, 1, 5, 5]],
  ])('finds %s', (_name, fields) => {
    expect(hasExternalData(within(...fields))).toBe(true);
  });

  it('finds it in a graph of two parts', () => {
    expect(hasExternalData(writeExternalModel('weights.bin'))).toBe(true);
  });

  it('finds it where only the place is said, or only the kind', () => {
    const place = new BinaryWriter();
    message(place, 7, (graph) => message(graph, 5, (tensor) => message(tensor, 13, () => {})));
    const kind = new BinaryWriter();
    message(kind, 7, (graph) => message(graph, 5, (tensor) => tensor.tag(14, WireType.Varint).int64(1)));
    expect([hasExternalData(place.finish()), hasExternalData(kind.finish())]).toEqual([true, true]);
  });

  it('says no where a tool that moved the values into the file says so', () => {
    const writer = new BinaryWriter();
    message(writer, 7, (graph) => message(graph, 5, (tensor) => tensor.tag(14, WireType.Varint).int64(0)));
    expect(hasExternalData(writer.finish())).toBe(false);
  });

  it('throws for what is no protobuf message', () => {
    expect(() => hasExternalData(Buffer.from('hello'))).toThrow(Error);
  });
});
