import { join } from 'node:path';
import { type Config } from '../config.js';
import { dataFinder, modelsFolder } from '../engine.js';
import { listOperatorModels, readOperatorModel } from '../features/classification/operator-models/operator-models.js';
import { coefficientsPath, readCoefficients } from '../features/classification/quality/coefficients.js';
import { languages, needsTesseract } from '../features/text-detection/language/languages.js';
import { convertedPath, readConvertedModel } from '../inference/converted-model-file.js';
import { convertedModels, type ConvertedModel } from '../inference/converted-models.js';
import { modelFiles, readModel, sourceOf } from '../inference/model-files.js';
import { findPulledModel, pulledModels, readPulledModel, type PulledModel } from '../inference/pulled-models.js';
import { verifyConversion } from '../inference/verify-conversion.js';
import { ConfigError } from '../settings/config-error.js';
import { nearestName } from '../strings/nearest-name.js';
import { parseCommandLine, UsageError, type Command } from './command.js';
import { configOfFolders, folderHelp, folderOptions } from './options/folder-options.js';
import { pullLanguage, type PullResult } from './setup/pull-language.js';
import { pullModel } from './setup/pull-model.js';

export const modelsCommand: Command = {
  summary: 'Lists the models, adds models and languages.',
  help: `Lists the models with their sources and licenses, and adds models and languages.

Usage: visiond models list [OPTIONS]
       visiond models pull NAME...      adds models and the data of languages, for example: visiond models pull yunet ja ar

  yunet             ${pulledModels.yuNet.purpose}

${folderHelp}

Models are downloaded from where they are published and go to the models folder. Languages come from npm or from
Debian's packages, and go to the data folder. A running server sees both at once. Languages in Latin and Cyrillic letters
and Chinese are read without data of their own.

Exit code 1 if a model is broken, or if one of the names could not be added.
`,
  async run(args) {
    const { values, positionals } = parseCommandLine(args, folderOptions);
    const [action, ...names] = positionals;
    if (action === 'list' && names.length === 0) return list(configOfFolders(values));
    if (action === 'pull' && names.length > 0) return pull(names, configOfFolders(values));
    throw new UsageError('models takes "list", or "pull" and names of models or languages.');
  },
};

async function list(config: Config): Promise<number> {
  const finder = dataFinder(config);
  let code = 0;
  for (const file of Object.values(modelFiles)) {
    const state = await readModel(file).then(
      () => 'ok',
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    if (state !== 'ok') code = 1;
    process.stdout.write(`${file.purpose}\n  ${sourceOf(file)}\n  ${file.license}\n  ${state}\n`);
  }
  for (const model of Object.values<ConvertedModel>(convertedModels)) {
    const state = await verifyModel(model).catch((error: unknown) =>
      error instanceof Error ? error.message : String(error),
    );
    if (state !== 'ok') code = 1;
    const source = `${model.package} ${model.version}, ${model.files[0].path}`;
    process.stdout.write(
      `${model.purpose}\n  ${source}, converted to ${convertedPath(model)}\n  ${model.license}\n  ${state}\n`,
    );
  }
  const { trainedOn } = readCoefficients();
  process.stdout.write(
    `Regression of the model quality\n  ${coefficientsPath}\n  trained on ${trainedOn} (docs/quality.md)\n  ok\n`,
  );
  for (const model of Object.values<PulledModel>(pulledModels)) {
    const path = await findPulledModel(model, modelsFolder(config));
    const state = await stateOfPulled(model, path).catch((error: unknown) =>
      error instanceof Error ? error.message : String(error),
    );
    if (path !== undefined && state !== 'ok') code = 1;
    process.stdout.write(`${model.purpose}\n  ${path ?? model.url}\n  ${model.license}\n  ${state}\n`);
  }
  for (const name of await listOperatorModels(modelsFolder(config))) {
    const folder = join(modelsFolder(config), name);
    const state = await readOperatorModel(folder).then(
      ({ labels }) => `ok, ${labels.length} labels`,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    if (!state.startsWith('ok')) code = 1;
    process.stdout.write(`Classification model ${name}, your own\n  ${folder}\n  ${state}\n`);
  }
  for (const language of [...languages.values()].filter(needsTesseract)) {
    const data = await finder.find(language.tesseract);
    if (data !== undefined) {
      process.stdout.write(`Language ${language.code} for Tesseract\n  ${data.path}\n  Apache-2.0\n`);
    }
  }
  process.stdout.write(
    'No model stands behind gruesome and watermarks: moderation leaves them out (docs/classification.md).\n',
  );
  return code;
}

async function stateOfPulled(model: PulledModel, path: string | undefined): Promise<string> {
  if (path === undefined) return `not there: visiond models pull ${model.name}`;
  await readPulledModel(model, path);
  return 'ok';
}

/** Converts the model where that was not done before. */
async function verifyModel(model: ConvertedModel): Promise<'ok'> {
  await verifyConversion(model, await readConvertedModel(model));
  return 'ok';
}

/** Adds what there is, and says what there is not: one name never keeps the others away. */
async function pull(names: readonly string[], config: Config): Promise<number> {
  const finder = dataFinder(config);
  const models = new Map(Object.values<PulledModel>(pulledModels).map((model) => [model.name, model]));
  const pullOne = async (name: string): Promise<PullResult> => {
    const model = models.get(name);
    const language = languages.get(name);
    if (model !== undefined) return pullModel(model, modelsFolder(config));
    if (language === undefined) {
      return { found: false, message: unknownName(name, [...models.keys(), ...languages.keys()]) };
    }
    if (!needsTesseract(language)) return { found: true, message: `Language ${name}: built in` };
    return pullLanguage(language, finder);
  };
  let missing = 0;
  for (const name of new Set(names)) {
    const { found, message } = await pullOne(name).catch((error: unknown): PullResult => {
      if (error instanceof ConfigError) return { found: false, message: error.message };
      throw error;
    });
    (found ? process.stdout : process.stderr).write(`${message}\n`);
    if (!found) missing++;
  }
  return missing === 0 ? 0 : 1;
}

function unknownName(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  return `There is no model or language "${name}".${nearest === undefined ? '' : ` Did you mean ${nearest}?`} Known: ${known.join(' ')}.`;
}
