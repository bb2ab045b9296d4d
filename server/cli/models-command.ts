import { modelsFolder, readConfig, type Config } from '../config.js';
import { messageOf } from '../errors/message-of.js';
import { listModels } from '../features/model-registry.js';
import { languages } from '../features/text-detection/language/languages.js';
import { needsTesseract } from '../features/text-detection/read/recognizers.js';
import { languageDataFinder } from '../features/text-detection/read/tesseract-data.js';
import { pulledModels, type PulledModel } from '../inference/pulled-models.js';
import { ConfigError } from '../settings/config-error.js';
import { didYouMean } from '../strings/nearest-name.js';
import { defineAction, defineActions } from './define-actions.js';
import { noOperands, someOperands } from './operands.js';
import { folderOptions } from './options/config-options.js';
import { pullLanguage, type PullResult } from './setup/pull-language.js';
import { pullModel } from './setup/pull-model.js';

const listAction = defineAction({
  name: 'list',
  help: 'Lists the models with their sources and licenses, and checks them.',
  operands: noOperands,
  options: {},
  run: (config: Config) => list(config),
});

const pullAction = defineAction({
  name: 'pull',
  help: `Installs models and languages, for example yunet ja ar. Models: ${describePulledModels()}.`,
  operands: someOperands('NAME'),
  options: {},
  run: (config: Config, names) => pull(names, config),
});

function describePulledModels(): string {
  return Object.values<PulledModel>(pulledModels)
    .map(({ name, purpose }) => `${name} (${purpose})`)
    .join(', ');
}

export const modelsCommand = defineActions({
  name: 'models',
  summary: 'Lists and installs models and languages.',
  about:
    'Lists and installs models and languages. Models are downloaded from their publishers to the models folder. ' +
    'Languages come from npm or from Debian packages, and go to the data folder. A running server sees both ' +
    'immediately. Chinese and languages in Latin and Cyrillic letters are built in.',
  actions: [listAction, pullAction],
  shared: folderOptions,
  notes: 'Exit code 1 if a model is broken, or if a name could not be installed.',
  around: (flags, task) => task(readConfig(flags, process.env)),
});

async function list(config: Config): Promise<number> {
  let code = 0;
  for (const { kind, purpose, source, license, remedy, check } of await listModels(config)) {
    // Languages that are not installed are listed by `doctor`.
    if (kind === 'language' && remedy !== undefined) continue;
    process.stdout.write(`${purpose}\n  ${source}\n${license === undefined ? '' : `  ${license}\n`}`);
    try {
      process.stdout.write(
        remedy === undefined ? `  ok: ${await check()}\n` : `  not installed, install it with: ${remedy}\n`,
      );
    } catch (error) {
      code = 1;
      process.stdout.write(`  BROKEN: ${messageOf(error)}\n`);
    }
  }
  process.stdout.write(
    'There is no model for gruesome and watermarks, so moderation omits them (docs/classification.md).\n',
  );
  return code;
}

/** Installs what is available and reports what is not. One name never affects the others. */
async function pull(names: readonly string[], config: Config): Promise<number> {
  const finder = languageDataFinder(config);
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
  return `Unknown model or language "${name}".${didYouMean(name, known)} Known: ${known.join(' ')}.`;
}
