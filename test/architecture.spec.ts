import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repositoryRoot } from '../server/paths.js';

/** The composition root: these files may import every folder. */
const composition = new Set(['backend.ts', 'engine.ts', 'engine-process.ts', 'network.ts', 'start-server.ts']);

/**
 * Which folders of server/ a folder may import, types included. `gen/` and the folders of a feature within it are free to
 * all. Whoever needs another import writes it here, for others to see.
 */
const allowedImports: Readonly<Record<string, readonly string[]>> = {
  // The way of a call, from the port to the threads.
  wire: ['contract', 'errors', 'pipeline', 'settings', 'telemetry'],
  gateway: ['contract', 'errors', 'pipeline', 'telemetry'],
  upstream: ['contract', 'errors', 'pipeline'],
  isolation: ['analyze', 'config.ts', 'errors', 'files', 'paths.ts', 'telemetry', 'threads'],
  pipeline: ['auth', 'contract', 'errors', 'quota', 'telemetry', 'threads'],
  services: [
    'analyze',
    'auth',
    'contract',
    'errors',
    'features/image-copy-search',
    'image',
    'image-index',
    'pipeline',
    'telemetry',
    'threads',
  ],
  analyze: ['contract', 'errors', 'features/feature.ts', 'image', 'paths.ts', 'pdf', 'quota', 'telemetry', 'threads'],
  features: ['config.ts', 'features/*', 'inference', 'threads'],
  'features/feature.ts': ['config.ts', 'errors', 'image', 'image-index', 'settings', 'telemetry', 'threads'],
  'features/backbone': ['image', 'inference', 'threads'],
  'features/text-detection': [
    'config.ts',
    'contract',
    'errors',
    'features/feature.ts',
    'image',
    'inference',
    'settings',
    'strings',
    'threads',
  ],
  'features/classification': [
    'config.ts',
    'errors',
    'features/backbone',
    'features/feature.ts',
    'features/text-detection',
    'files',
    'image',
    'inference',
    'paths.ts',
    'settings',
    'strings',
    'threads',
  ],
  'features/face-detection': [
    'config.ts',
    'features/feature.ts',
    'image',
    'inference',
    'settings',
    'strings',
    'threads',
  ],
  'features/image-copy-search': [
    'contract',
    'errors',
    'features/backbone',
    'features/feature.ts',
    'image',
    'image-index',
    'inference',
    'paths.ts',
    'settings',
    'strings',
    'threads',
    'wasm',
  ],
  'image-index': ['errors', 'files', 'paths.ts', 'threads', 'wasm'],
  image: ['errors', 'threads'],
  pdf: ['errors', 'image', 'paths.ts', 'threads'],
  inference: ['errors', 'files', 'paths.ts', 'telemetry', 'threads'],
  threads: [],
  wasm: [],
  // What all of them read.
  contract: ['errors', 'strings'],
  errors: [],
  telemetry: ['errors'],
  auth: ['errors', 'files', 'paths.ts', 'settings'],
  'config.ts': ['contract', 'settings'],
  'memory.ts': ['config.ts', 'settings'],
  quota: ['contract', 'errors'],
  settings: ['errors', 'strings'],
  files: ['paths.ts', 'settings'],
  strings: [],
  'paths.ts': [],
  'version.ts': ['paths.ts'],
  cli: [
    'analyze',
    'auth',
    'config.ts',
    'contract',
    'engine.ts',
    'errors',
    'features',
    'features/feature.ts',
    'features/text-detection',
    'files',
    'gateway',
    'image',
    'inference',
    'settings',
    'start-server.ts',
    'strings',
    'telemetry',
  ],
};

/** What may load a transport or an engine: packages by the folders that may import them. */
const guardedPackages: Readonly<Record<string, readonly string[]>> = {
  '@embedpdf/pdfium': ['pdf'],
  '@grpc/grpc-js': ['upstream', 'wire'],
  express: ['gateway'],
  libsql: ['image-index'],
  '@opentelemetry/api': ['telemetry'],
  pino: ['telemetry'],
  'prom-client': ['telemetry'],
  'onnxruntime-node': ['inference'],
  sharp: ['cli', 'image'],
  'tesseract.js-core': ['features/text-detection'],
};

interface Import {
  readonly file: string;
  /** A package, or a file from the root of the repository. */
  readonly target: string;
}

function sourcesOf(folder: string): string[] {
  return readdirSync(join(repositoryRoot, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !/\.(spec|d)\.ts$|(^|\/)(node_modules|dist)\//.test(name))
    .map((name) => join(folder, name));
}

function textOf(file: string): string {
  return readFileSync(join(repositoryRoot, file), 'utf8');
}

/** Everything that the sources of a folder import, statically or not. */
function importsOf(folder: string): Import[] {
  return sourcesOf(folder).flatMap((file) =>
    [
      ...textOf(file).matchAll(
        /^(?:import|export)\s(?:[^;'=]*?from )?'([^']+)';|\b(?:import|require|require\.resolve)\('([^']+)'\)/gm,
      ),
    ]
      .map(([, direct, dynamic]) => direct ?? dynamic ?? '')
      .map((target) => ({
        file,
        target: target.startsWith('.') ? join(dirname(file), target).replace(/js(x?)$/, 'ts$1') : target,
      })),
  );
}

/** The folder of a file: its folder in server/ or server/features/, or the file itself where it stands alone. */
function folderOf(file: string): string {
  const [top = '', second = '', third] = file.split('/').slice(1);
  if (top !== 'features') return top;
  if (third !== undefined) return `${top}/${second}`;
  return second === 'feature.ts' ? `${top}/${second}` : top;
}

const imports = importsOf('server');
const folders = new Set(sourcesOf('server').map(folderOf));

describe('folders of server/', () => {
  it('are all listed here, and all that is listed exists', () => {
    expect([...folders].filter((folder) => !composition.has(folder)).toSorted()).toEqual(
      Object.keys(allowedImports).toSorted(),
    );
  });

  it('import only what this list allows', () => {
    const isAllowed = (from: string, to: string): boolean =>
      from === to ||
      composition.has(from) ||
      (allowedImports[from] ?? []).some(
        (folder) => folder === to || (folder === 'features/*' && to.startsWith('features/')),
      );
    const wrong = imports.filter(
      ({ file, target }) => target.startsWith('server/') && !isAllowed(folderOf(file), folderOf(target)),
    );
    expect(wrong).toEqual([]);
  });

  it('need every import that the list allows', () => {
    const used = new Set(imports.map(({ file, target }) => `${folderOf(file)} -> ${folderOf(target)}`));
    const idle = Object.entries(allowedImports).flatMap(([from, to]) =>
      to
        .filter((folder) => folder !== 'features/*' && !used.has(`${from} -> ${folder}`))
        .map((folder) => `${from} -> ${folder}`),
    );
    expect(idle).toEqual([]);
  });

  it('have no import cycles, neither of folders nor of files', () => {
    const between = (nodeOf: (file: string) => string): Map<string, Set<string>> => {
      const graph = new Map<string, Set<string>>();
      for (const { file, target } of imports) {
        const [from, to] = [nodeOf(file), nodeOf(target)];
        if (target.startsWith('server/') && from !== to) graph.set(from, (graph.get(from) ?? new Set()).add(to));
      }
      return graph;
    };
    expect([cycleIn(between(folderOf)), cycleIn(between((file) => file))]).toEqual([undefined, undefined]);
  });

  it('import another feature only through its feature.ts', () => {
    const featureOf = (file: string): string | undefined => /^server\/features\/([^/]+)\//.exec(file)?.[1];
    const wrong = imports.filter(({ file, target }) => {
      const [from, to] = [featureOf(file), featureOf(target)];
      const isOther = from !== undefined && to !== undefined && from !== to && to !== 'backbone';
      return isOther && basename(target) !== 'feature.ts';
    });
    expect(wrong).toEqual([]);
  });

  it('alone load transports and engines, each its own', () => {
    const wrong = imports.filter(
      ({ file, target }) => guardedPackages[target] !== undefined && !guardedPackages[target].includes(folderOf(file)),
    );
    expect(wrong).toEqual([]);
  });

  it('hold at most 15 source files a folder, of at most 300 lines', () => {
    const files = sourcesOf('server');
    const crowded = files
      .map((file) => dirname(file))
      .filter((folder, _, all) => all.filter((other) => other === folder).length > 15);
    const long = files.filter((file) => textOf(file).split('\n').length > 301);
    expect([...new Set(crowded), ...long]).toEqual([]);
  });
});

describe('the other folders', () => {
  it.each([
    ['client', ['client', 'gen']],
    ['page', ['page']],
    ['datasets', ['datasets', 'gen', 'server']],
    ['bench', ['bench', 'client', 'datasets', 'gen', 'server']],
    ['training', ['datasets', 'gen', 'server', 'training']],
  ])('%s imports only what it may', (folder, allowed) => {
    const local = importsOf(folder).filter(({ target }) => /^[\w.-]+\/.*\.tsx?$/.test(target));
    expect(local.length).toBeGreaterThan(3);
    expect(local.filter(({ target }) => !allowed.includes(target.split('/')[0] ?? ''))).toEqual([]);
  });

  it('have a client that runs without Node.js, but for what is gRPC', () => {
    const portable = importsOf('client').filter(({ file }) =>
      /^client\/(core\/|fetch\/|index-(fetch|shared)\.ts)/.test(file),
    );
    expect(portable.length).toBeGreaterThan(20);
    const allowed = /^client\/(core\/|fetch\/|index-shared\.ts)|^gen\/google\/rpc\/code\.ts$/;
    expect(portable.filter(({ target }) => !allowed.test(target))).toEqual([]);
  });

  it('have a client without engines', () => {
    const packages = importsOf('client').filter(({ target }) => !target.includes('/') || target.startsWith('@'));
    expect(new Set(packages.map(({ target }) => target))).toEqual(new Set(['@grpc/grpc-js']));
  });

  it('have a page of two libraries, one of them for the API reference alone', () => {
    const packages = importsOf('page').filter(({ target }) => !/^page\/|\.(css|png|svg)(\?url)?$/.test(target));
    const libraries = packages.map(({ file, target }) => ({ file, library: target.split('/')[0] }));
    expect(new Set(libraries.map(({ library }) => library))).toEqual(new Set(['preact', 'swagger-ui-dist']));
    const viewer = libraries.filter(({ library }) => library === 'swagger-ui-dist');
    expect(new Set(viewer.map(({ file }) => file))).toEqual(new Set(['page/src/docs/docs.ts']));
  });
});

describe('telemetry of dependencies', () => {
  it('is off in every module that loads onnxruntime or starts threads, before it does', () => {
    const loads = /^import (?!type ).*'onnxruntime-node'|\bnew Worker\(/m;
    const loading = ['server', 'datasets', 'bench', 'training', 'client']
      .flatMap(sourcesOf)
      .filter((file) => loads.test(textOf(file)));
    expect(loading.toSorted()).toEqual(['server/inference/onnx/onnx-runtime.ts', 'server/threads/worker-pool.ts']);
    for (const file of loading) expect(textOf(file)).toMatch(/^import '[./]*\/(?:threads\/)?disable-telemetry\.js';\n/);
  });
});

/** Nodes that lead back to the first of them, or undefined where none do. */
function cycleIn(graph: ReadonlyMap<string, ReadonlySet<string>>): string[] | undefined {
  const done = new Set<string>();
  const visit = (node: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(node)) return [...path.slice(path.indexOf(node)), node];
    if (done.has(node)) return undefined;
    for (const next of graph.get(node) ?? []) {
      const cycle = visit(next, [...path, node]);
      if (cycle !== undefined) return cycle;
    }
    done.add(node);
    return undefined;
  };
  for (const node of graph.keys()) {
    const cycle = visit(node, []);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}
