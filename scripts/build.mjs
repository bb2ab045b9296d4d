// Compiles what has changed. That is told by content: a checkout that only touches files compiles nothing.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { refuse, step } from './say.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const compiler = join(root, 'node_modules/typescript/bin/tsc');

/** The server, and all that runs beside it. Touches nothing else in dist/. */
export function build() {
  whenChanged({
    title: 'Building ...',
    reads: [
      'gen',
      'server',
      'client',
      'datasets',
      'bench',
      'training',
      'test',
      'scripts',
      'tsconfig.json',
      'package-lock.json',
    ],
    folder: 'dist',
    result: 'server/cli/main.js',
    work: () => compile('tsconfig.json'),
  });
}

/** The package of client/, for `import` and for `require`. */
export function buildClient() {
  whenChanged({
    title: 'Building the client package ...',
    reads: ['gen', 'client', 'tsconfig.json', 'package-lock.json'],
    folder: 'client/dist',
    result: 'cjs/package.json',
    work() {
      // What no source stands for any more must not be packed.
      rmSync(join(root, 'client/dist'), { recursive: true, force: true });
      compile('client/tsconfig.json');
      compile('client/tsconfig.cjs.json');
      // The package as a whole is of type module.
      writeFileSync(join(root, 'client/dist/cjs/package.json'), '{ "type": "commonjs" }\n');
    },
  });
}

/** The web page. Vite runs in a process of its own: it is loaded only where there is something to build. */
export function buildPage() {
  whenChanged({
    title: 'Building the web page ...',
    reads: ['page', 'examples/sample.png', 'tsconfig.json', 'package-lock.json'],
    // Sources of all kinds end up in it.
    kinds: /./,
    folder: 'page/dist',
    result: 'index.html',
    work() {
      compile('page/tsconfig.json');
      const vite = join(root, 'node_modules/vite/bin/vite.js');
      const { status } = spawnSync(
        process.execPath,
        [vite, 'build', '--config', join(root, 'page/vite.config.js'), '--logLevel', 'warn'],
        { cwd: join(root, 'page'), stdio: 'inherit' },
      );
      if (status !== 0) refuse('The web page does not build.');
    },
  });
}

/** Runs the compiler. Further arguments are options of its own. */
export function compile(project, ...options) {
  const { status } = spawnSync(process.execPath, [compiler, '-p', join(root, project), ...options], {
    stdio: 'inherit',
  });
  if (status !== 0) refuse(`The sources of ${project} do not compile.`);
}

function whenChanged({ title, reads, kinds = /\.m?ts$|^tsconfig.*\.json$/, folder, result, work }) {
  const hash = hashOf(reads, kinds);
  const stamp = join(root, folder, '.built');
  if (existsSync(join(root, folder, result)) && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return;
  if (!existsSync(compiler)) {
    refuse(
      `The sources are not compiled as they are now, and no compiler is installed. Run \`npm ci\` in ${root} and try again.`,
    );
  }
  step(title);
  rmSync(stamp, { force: true });
  work();
  writeFileSync(stamp, hash);
}

/** One hash of all that the compiler may read below some paths. */
function hashOf(paths, kinds) {
  const hash = createHash('sha256');
  for (const file of paths.flatMap((path) => sourcesIn(path, kinds))) {
    const content = readFileSync(join(root, file));
    hash.update(`${file}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

function sourcesIn(path, kinds) {
  if (!statSync(join(root, path)).isDirectory()) return [path];
  const entries = readdirSync(join(root, path), { withFileTypes: true }).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const inside = join(path, entry.name);
    // Each may be a link to a folder elsewhere.
    if (entry.name === 'node_modules' || entry.name === 'dist') return [];
    if (entry.isDirectory()) return sourcesIn(inside, kinds);
    return kinds.test(entry.name) ? [inside] : [];
  });
}
