import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repositoryRoot } from '../server/paths.js';

/** Source files of a folder with what they import: packages by name, files relative to the root. */
function importsOf(folder: string): Array<{ file: string; imported: string }> {
  return readdirSync(join(repositoryRoot, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !/\.(spec|d)\.ts$|node_modules|dist/.test(name))
    .flatMap((name) => {
      const file = join(folder, name);
      const text = readFileSync(join(repositoryRoot, file), 'utf8');
      return [...text.matchAll(/^(?:import|export) [^;]*?from '([^']+)'/gm)].map(([, target = '']) => ({
        file,
        imported: target.startsWith('.') ? relative('.', join(file, '..', target)) : target,
      }));
    });
}

describe('architecture', () => {
  it.each([
    ['server/features', /^@grpc|^express|^server\/(wire|gateway|pipeline|analyze|cli)\//],
    ['server/analyze', /^@grpc|^express|^onnxruntime|^server\/(wire|gateway|pipeline|features|inference|cli)\//],
    ['server/inference', /^@grpc|^express|^server\/(wire|gateway|pipeline|analyze|features|cli)\//],
    ['server/index', /^@grpc|^express|^server\/(wire|gateway|pipeline|analyze|features|cli)\//],
    ['server/corpus', /^@grpc|^express|^server\/(wire|gateway|index\/sqlite|cli)/],
    ['server/image', /^@grpc|^express|^server\/(wire|gateway|pipeline|analyze|features|inference|cli)\//],
    ['server/wire', /^server\/(gateway|analyze|features|inference|image|cli)\//],
    ['server/gateway', /^server\/(wire|analyze|features|inference|image|cli)\//],
    ['server/auth', /^@grpc|^express|^server\/(wire|gateway|pipeline|analyze|features|inference|image|cli)\//],
    ['server/pipeline', /^server\/(wire|gateway|features|inference|image|cli)\//],
    ['client', /^server\/|^sharp|^onnxruntime|^tesseract/],
  ])('%s does not reach against the flow', (folder, forbidden) => {
    const imports = importsOf(folder);
    expect(imports.length).toBeGreaterThan(3);
    expect(imports.filter(({ imported }) => forbidden.test(imported))).toEqual([]);
  });

  it('loads onnxruntime and starts threads in modules alone that silence it first', () => {
    const loads = /^import (?!type ).*'onnxruntime-node'|\bnew Worker\(/m;
    const files = ['server', 'bench', 'training', 'client'].flatMap((folder) =>
      readdirSync(join(repositoryRoot, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts') && !/\.spec\.ts$|node_modules|dist/.test(name))
        .map((name) => join(folder, name)),
    );
    const texts = new Map(files.map((file) => [file, readFileSync(join(repositoryRoot, file), 'utf8')]));
    const loading = [...texts].filter(([, text]) => loads.test(text));
    expect(loading.map(([file]) => file).toSorted()).toEqual([
      'server/inference/onnx/onnx-runtime.ts',
      'server/threads/worker-pool.ts',
    ]);
    for (const [, text] of loading) expect(text).toMatch(/^import '\.{1,2}\/(.*threads\/)?disable-telemetry\.js';\n/);
  });
});
