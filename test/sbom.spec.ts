import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { convertedPath } from '../server/inference/converted-model-file.js';
import { convertedModels } from '../server/inference/converted-models.js';
import { modelFiles, modelPath } from '../server/inference/model-files.js';
import { repositoryRoot } from '../server/paths.js';

interface Component {
  readonly type: string;
  readonly 'bom-ref': string;
  readonly group?: string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly hashes: ReadonlyArray<{ readonly alg: string; readonly content: string }>;
  readonly licenses: readonly object[];
}

interface Bill {
  readonly bomFormat: string;
  readonly specVersion: string;
  readonly serialNumber: string;
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: ReadonlyArray<{ readonly ref: string; readonly dependsOn: readonly string[] }>;
}

const folder = mkdtempSync(join(tmpdir(), 'visiond-sbom-'));
const run = (...args: string[]) =>
  promisify(execFile)(process.execPath, [join(repositoryRoot, 'scripts/sbom.mjs'), ...args], {
    cwd: folder,
    // As npm does, which runs scripts in the clone.
    env: { ...process.env, INIT_CWD: folder },
  });
const { packages }: { packages: Record<string, { version?: string; integrity?: string; dev?: true }> } = JSON.parse(
  readFileSync(join(repositoryRoot, 'package-lock.json'), 'utf8'),
);
let text: string;
let bill: Bill;

beforeAll(async () => {
  await run('bill.json');
  text = readFileSync(join(folder, 'bill.json'), 'utf8');
  bill = JSON.parse(text);
});
afterAll(() => rmSync(folder, { recursive: true }));

const ofType = (type: string): Component[] => bill.components.filter((component) => component.type === type);
const fullName = ({ group, name }: Component): string => (group === undefined ? name : `${group}/${name}`);

describe('npm run sbom', () => {
  it('writes CycloneDX about the server of this version', () => {
    const { version }: { version: string } = JSON.parse(
      readFileSync(join(repositoryRoot, 'server/package.json'), 'utf8'),
    );
    expect(bill).toMatchObject({
      bomFormat: 'CycloneDX',
      specVersion: '1.6',
      serialNumber: expect.stringMatching(/^urn:uuid:[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/),
      metadata: {
        component: { type: 'application', name: 'visiond', version, licenses: [{ license: { id: 'MIT' } }] },
      },
    });
  });

  it('has the packages that run, as the lock file pins them, and none of development', () => {
    const libraries = ofType('library');
    // The web page contains their code.
    const bundled = new Set(['node_modules/preact', 'node_modules/swagger-ui-dist']);
    expect(libraries.map(fullName)).toEqual(expect.arrayContaining(['preact', 'swagger-ui-dist']));
    expect(libraries.length).toBeGreaterThan(50);
    expect(libraries.map(fullName)).toEqual(expect.arrayContaining(['onnxruntime-node', 'sharp', 'libsql', 'jose']));
    const pinned = new Map(
      Object.entries(packages)
        .filter(([location, { dev }]) => dev === undefined || bundled.has(location))
        .map(([location, { version, integrity = '' }]) => [
          `${location.replace(/^.*node_modules\//, '')}@${version}`,
          Buffer.from(integrity.replace('sha512-', ''), 'base64').toString('hex'),
        ]),
    );
    for (const library of libraries) {
      const name = `${fullName(library)}@${library.version}`;
      expect([name, library.hashes]).toEqual([name, [{ alg: 'SHA-512', content: pinned.get(name) }]]);
      expect(library.purl).toBe(`pkg:npm/${name.replace(/^@/, '%40')}`);
      expect(library.licenses).toHaveLength(1);
    }
  });

  it('has every model of a release with its license and the checksum of its file', () => {
    const files = new Map<string, string>([
      ...Object.entries(modelFiles).map(([name, file]) => [name, modelPath(file)] as const),
      ...Object.values(convertedModels).map((model) => [model.name, convertedPath(model)] as const),
      ['quality', join(repositoryRoot, 'server/features/classification/quality/coefficients.json')],
    ]);
    const models = ofType('machine-learning-model');
    expect(new Set(models.map(({ name }) => name))).toEqual(new Set(files.keys()));
    for (const { name, hashes, licenses } of models) {
      const content = createHash('sha256')
        .update(readFileSync(files.get(name) ?? ''))
        .digest('hex');
      expect([name, hashes]).toEqual([name, [{ alg: 'SHA-256', content }]]);
      expect(JSON.stringify(licenses)).toMatch(/MIT|Apache/);
    }
  });

  it('says what needs what, by names that are unique', () => {
    const references = [bill.metadata.component, ...bill.components].map((component) => component['bom-ref']);
    expect(new Set(references).size).toBe(references.length);
    const needed = new Map(bill.dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]));
    expect([...needed.keys(), ...[...needed.values()].flat()].filter((ref) => !references.includes(ref))).toEqual([]);
    const { version } = packages['node_modules/sharp'] ?? {};
    expect(needed.get(bill.metadata.component['bom-ref'])).toContain(`pkg:npm/sharp@${version}`);
  });

  it('writes the same for the same, and refuses to guess where to', async () => {
    await run('again.json');
    expect(readFileSync(join(folder, 'again.json'), 'utf8')).toBe(text);
    await expect(run()).rejects.toMatchObject({ stderr: 'npm run sbom takes one file: npm run sbom FILE\n' });
  });
});
