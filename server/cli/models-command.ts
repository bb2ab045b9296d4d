import { modelsFolder, type Config } from '../config.js';
import { listModels } from '../features/model-registry.js';
import { languages } from '../features/text-detection/language/languages.js';
import { needsTesseract } from '../features/text-detection/read/recognizers.js';
import { languageDataFinder } from '../features/text-detection/read/tesseract-data.js';
import { pulledModels, type PulledModel } from '../inference/pulled-models.js';
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
  let code = 0;
  for (const { kind, purpose, source, license, remedy, check } of await listModels(config)) {
    // Dozens of languages may be missing; `doctor` lists them.
    if (kind === 'language' && remedy !== undefined) continue;
    process.stdout.write(`${purpose}\n  ${source}\n${license === undefined ? '' : `  ${license}\n`}`);
    try {
      process.stdout.write(remedy === undefined ? `  ok: ${await check()}\n` : `  not there: ${remedy}\n`);
    } catch (error) {
      code = 1;
      process.stdout.write(`  BROKEN: ${error instanceof Error ? error.message : String(error)}\n`);
    }
  }
  process.stdout.write(
    'No model stands behind gruesome and watermarks: moderation leaves them out (docs/classification.md).\n',
  );
  return code;
}

/** Adds what there is, and says what there is not: one name never keeps the others away. */
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
  const nearest = nearestName(name, known);
  return `There is no model or language "${name}".${nearest === undefined ? '' : ` Did you mean ${nearest}?`} Known: ${known.join(' ')}.`;
}
