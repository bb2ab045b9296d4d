// `npm run release DIR`: makes a folder that serves with Node alone: no network, no npm, no compiler.
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compile } from './build.mjs';
import { copyFile, copyPackage, filesIn } from './release/copy-package.mjs';
import { bundledPackages, platform, runtimePackages } from './release/runtime-packages.mjs';
import { softwareBill } from './release/software-bill.mjs';
import { thirdParty } from './release/third-party.mjs';
import { refuse, step } from './say.mjs';
import { setUp } from './setup.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { version, license: ownLicense, engines } = JSON.parse(readFileSync(join(root, 'server/package.json'), 'utf8'));

const [target, ...others] = process.argv.slice(2);
if (target === undefined || others.length > 0) refuse('npm run release takes one folder: npm run release DIR');
// npm runs scripts in the clone, wherever it was called.
const goal = resolve(process.env.INIT_CWD ?? '.', target);
if (existsSync(goal) && (!statSync(goal).isDirectory() || readdirSync(goal).length > 0)) {
  refuse(`${goal} exists and is not empty. Choose another folder or delete it.`);
}

await setUp({ withTools: true });
let isDone = false;
process.on('exit', () => isDone || rmSync(goal, { recursive: true, force: true }));
process.on('SIGINT', () => process.exit(130));
await makeRelease(goal);
isDone = true;
const files = readdirSync(goal, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
const bytes = files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
step(
  `visiond ${version} for ${platform}: ${Math.round(bytes / 1e6)} MB in ${goal}\nStart it with ${join(goal, 'visiond')} serve`,
);

async function makeRelease(to) {
  step('Compiling the server ...');
  compile('scripts/release/tsconfig.json', '--outDir', join(to, 'dist'));

  step('Copying models and data ...');
  const { convertedModels } = await import('../dist/server/inference/converted-models.js');
  const { convertedPath } = await import('../dist/server/inference/converted-model-file.js');
  const { modelFiles, sourceOf } = await import('../dist/server/inference/model-files.js');
  for (const model of Object.values(convertedModels)) {
    copyFile(convertedPath(model), join(to, 'dist/models', basename(convertedPath(model))));
  }
  const data = filesIn(join(root, 'server')).filter((file) => !/\.(ts|wat)$|^bin\//.test(file));
  for (const file of data) copyFile(join(root, 'server', file), join(to, 'server', file));
  for (const folder of ['proto', 'docs', 'examples']) {
    for (const file of filesIn(join(root, folder))) copyFile(join(root, folder, file), join(to, folder, file));
  }
  for (const file of filesIn(join(root, 'page/dist')).filter((name) => name !== '.built')) {
    copyFile(join(root, 'page/dist', file), join(to, 'page/dist', file));
  }
  const pages = ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md', 'LICENSE', 'client/README.md'];
  for (const file of pages) copyFile(join(root, file), join(to, file));

  const packages = runtimePackages(root);
  step(`Copying ${packages.length} packages ...`);
  for (const location of packages) copyPackage(root, location, to);
  const models = [
    ...Object.values(modelFiles).map(({ purpose, license, ...file }) => ({ purpose, license, source: sourceOf(file) })),
    ...Object.values(convertedModels).map(({ purpose, license, ...model }) => ({
      purpose,
      license,
      source: `converted from ${model.package} ${model.version}`,
    })),
  ];
  const sources = [...new Set(Object.values(convertedModels).map((model) => `node_modules/${model.package}`))];
  writeFileSync(
    join(to, 'THIRD_PARTY.md'),
    thirdParty(root, [...packages, ...bundledPackages(root), ...sources], models),
  );
  writeFileSync(join(to, 'sbom.cdx.json'), await softwareBill(root));

  const manifest = {
    name: 'visiond',
    version,
    private: true,
    type: 'module',
    license: ownLicense,
    engines,
    os: [process.platform],
    cpu: [process.arch],
    bin: { visiond: 'bin/visiond.js' },
  };
  writeFileSync(join(to, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  copyFile(join(root, 'scripts/release/visiond.js'), join(to, 'bin/visiond.js'));
  copyFile(join(root, 'scripts/release/visiond'), join(to, 'visiond'));
  chmodSync(join(to, 'visiond'), 0o755);
}
