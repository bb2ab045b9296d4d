import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { modelProblem } from './model-problem.js';

const folder = mkdtempSync(join(tmpdir(), 'visiond-problem-'));
afterAll(() => rmSync(folder, { recursive: true }));

function errorOf(task: () => unknown): unknown {
  try {
    return task();
  } catch (error) {
    return error;
  }
}

it('names a file that cannot be read, but not its folder', () => {
  const circle = join(folder, 'labels.txt');
  symlinkSync(circle, circle);
  const read = (path: string) => modelProblem(errorOf(() => readFileSync(path)));
  expect(read(circle)).toBe('labels.txt cannot be read: its symbolic links form a loop');
  expect(read(folder)).toBe('a file cannot be read: it is a folder');
});

it.each([
  ['it is damaged', 'it is damaged'],
  ['/src/onnxruntime/core/gemm.cc:41 Sizes differ', 'gemm.cc:41 Sizes differ'],
  ['not there: "/srv/models/x/weights.bin"', 'not there: "weights.bin"'],
  ['/weights.bin is missing', 'weights.bin is missing'],
  ["Name:'/features/features.0/Conv' of 3/4 inputs", "Name:'/features/features.0/Conv' of 3/4 inputs"],
])('makes of %j %j', (message, problem) => {
  expect(modelProblem(new Error(message))).toBe(problem);
});
