import { createHash } from 'node:crypto';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createPulledModelFinder, pulledModels } from './pulled-models.js';

const folder = mkdtempSync(join(tmpdir(), 'visiond-pulled-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('uses only an undamaged file, and reports a damaged one once per change', async () => {
  const right = 'the model';
  const model = { ...pulledModels.yuNet, sha256: createHash('sha256').update(right).digest('hex') };
  const path = join(folder, model.fileName);
  const reported: Array<string | undefined> = [];
  const find = createPulledModelFinder(model, folder, (problem) => reported.push(problem?.message));
  const put = (text: string): void => {
    writeFileSync(`${path}.new`, text);
    renameSync(`${path}.new`, path);
  };
  const found: Array<string | undefined> = [];
  const findTwice = async (): Promise<void> => void found.push(await find(), await find());

  await findTwice();
  for (const text of ['half', 'worse', right]) {
    put(text);
    await findTwice();
  }
  rmSync(path);
  await findTwice();

  const none = [undefined, undefined];
  expect(found).toEqual([...none, ...none, ...none, path, path, ...none]);
  expect(reported).toEqual([
    expect.stringContaining(`${path} has sha256`),
    expect.stringContaining(`${path} has sha256`),
    undefined,
    undefined,
  ]);
  expect(reported[0]).not.toBe(reported[1]);
});
