// Brings a clone to the point where it runs: dependencies, build, models. Each step is skipped when it is done.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, buildClient } from './build.mjs';
import { refuse, step } from './say.mjs';

// As server/inference/disable-telemetry.ts does, for what a script loads or starts besides the server.
process.env.ORT_DISABLE_TELEMETRY = '1';

const root = fileURLToPath(new URL('..', import.meta.url));
const oldestNode = [20, 9];

export async function setUp() {
  checkNode();
  installDependencies();
  build();
  buildClient();
  await convertModels();
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])) return;
  refuse(`visiond needs Node ${oldestNode.join('.')} or newer, this is ${process.versions.node}.`);
}

function installDependencies() {
  const lock = createHash('sha256').update(readFileSync(join(root, 'package-lock.json'))).digest('hex');
  const stamp = join(root, 'node_modules/.visiond-lock');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  step('Installing dependencies and models from npm. The first time takes a minute or two ...');
  execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' });
  writeFileSync(stamp, lock);
}

function load(path) {
  return import(pathToFileURL(join(root, 'dist/server', path)).href);
}

async function convertModels() {
  const { convertedModels } = await load('inference/converted-models.js');
  const { isConverted, makeConvertedModel } = await load('inference/converted-model-file.js');
  const missing = [];
  for (const model of Object.values(convertedModels)) if (!(await isConverted(model))) missing.push(model);
  for (const [index, model] of missing.entries()) {
    step(`Converting model ${index + 1} of ${missing.length}: ${model.purpose} ...`);
    await makeConvertedModel(model);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await setUp();
