import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { faceDetection, type AnalyzeResult } from '../../../client/index.js';
import { analyzeFiles, batchSize, type Analyze } from './analyze-files.js';

const folder = mkdtempSync(join(tmpdir(), 'visiond-files-'));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.restoreAllMocks());

const files = Array.from({ length: 2 * batchSize + 3 }, (_, index) => join(folder, `${index}.jpg`));
const missing = [files[1], files[batchSize + 2]];
for (const file of files.filter((one) => !missing.includes(one))) writeFileSync(file, file);

const noFaces: AnalyzeResult = {
  error: undefined,
  results: [{ error: undefined, feature: { $case: 'faceDetection', value: { faces: [] } } }],
};

function written(stream: NodeJS.WriteStream): string[] {
  const lines: string[] = [];
  vi.spyOn(stream, 'write').mockImplementation((text) => lines.push(String(text)) > 0);
  return lines;
}

describe('analyzeFiles', () => {
  const task = { files, folderId: '', features: [faceDetection()], json: false, overlay: undefined };

  it('sends what can be read, and keeps the order', async () => {
    const [out, errors] = [written(process.stdout), written(process.stderr)];
    const sent: string[] = [];
    const analyze: Analyze = async ({ analyzeSpecs }) => {
      sent.push(...analyzeSpecs.map(({ source }) => String(source?.value)));
      return { results: analyzeSpecs.map(() => noFaces) };
    };
    expect(await analyzeFiles(analyze, task)).toBe(missing.length);
    expect(sent).toEqual(files.filter((file) => !missing.includes(file)));
    expect(out.join('').match(/^== .*$/gm)).toEqual(files.map((file) => `== ${file}`));
    expect(errors).toEqual(missing.map((file) => `${file}: The file cannot be read: no such file or folder\n`));
  });

  it('tells what was not analyzed when a call fails', async () => {
    const [out, errors] = [written(process.stdout), written(process.stderr)];
    let calls = 0;
    const analyze: Analyze = async ({ analyzeSpecs }) => {
      if (++calls > 1) throw new Error('gone');
      return { results: analyzeSpecs.map(() => noFaces) };
    };
    await expect(analyzeFiles(analyze, task)).rejects.toThrow('gone');
    expect(calls).toBe(2);
    expect(out.join('').match(/^== .*$/gm)).toEqual(files.slice(0, batchSize).map((file) => `== ${file}`));
    expect(errors.slice(1)).toEqual(
      files
        .slice(batchSize)
        .map(
          (file) =>
            `${file}: ${missing.includes(file) ? 'The file cannot be read: no such file or folder' : 'not analyzed'}\n`,
        ),
    );
  });
});
