// Brings a clone to the point where it runs: dependencies, build, models. Each step is skipped when it is done.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, buildClient, buildPage } from './build.mjs';
import { installDependencies } from './dependencies.mjs';
import { refuse, step } from './say.mjs';

// As server/threads/disable-telemetry.ts does, for what a script loads or starts besides the server.
process.env.ORT_DISABLE_TELEMETRY = '1';

const root = fileURLToPath(new URL('..', import.meta.url));
const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const oldestNode = engines.node.match(/\d+/g).map(Number);

/** `withTools` is for what needs more than the server: tests, benchmarks, training. */
export async function setUp({ withTools = false } = {}) {
  checkNode();
  installDependencies({ withTools });
  build();
  buildClient();
  buildPage();
  await convertModels();
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])) return;
  refuse(`visiond needs Node ${oldestNode.join('.')} or newer, this is ${process.versions.node}.`);
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
    await makeConvertedModel(model).catch((error) => refuse(error.message));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await setUp();
