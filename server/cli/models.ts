import { languages } from '../features/text-detection/languages.js';
import { convertedPath, readConvertedModel } from '../inference/converted-model-file.js';
import { convertedModels, type ConvertedModel } from '../inference/converted-models.js';
import { modelFiles, readModel } from '../inference/model-files.js';
import { verifyConversion } from '../inference/verify-conversion.js';
import { readConfig } from '../config.js';
import { dataFinder } from '../main.js';
import { pullLanguage } from '../setup/pull-language.js';
import { parseCommandLine, UsageError, type Command } from './command.js';

export const modelsCommand: Command = {
  summary: 'Lists the models and adds languages.',
  help: `Lists the models with their sources and licences, and adds languages.

Usage: visiond models list
       visiond models pull CODE...      adds the data of languages, for example: visiond models pull uk de

Languages come from npm or from Debian's packages, and go to the data folder (VISIOND_DATA_DIR, default ./data).
A running server sees them at once.
`,
  async run(args) {
    const { positionals } = parseCommandLine(args, {});
    const [action, ...codes] = positionals;
    if (action === 'list' && codes.length === 0) return list();
    if (action === 'pull' && codes.length > 0) return pull(codes);
    throw new UsageError('models takes "list", or "pull" and language codes.');
  },
};

async function list(): Promise<number> {
  const finder = dataFinder(readConfig({}, process.env));
  let code = 0;
  for (const file of Object.values(modelFiles)) {
    const state = await readModel(file).then(
      () => 'ok',
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    if (state !== 'ok') code = 1;
    process.stdout.write(`${file.purpose}\n  ${file.package} ${file.version}, ${file.path}\n  ${file.licence}\n  ${state}\n`);
  }
  for (const model of Object.values<ConvertedModel>(convertedModels)) {
    const state = await verifyModel(model).catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
    if (state !== 'ok') code = 1;
    const source = `${model.package} ${model.version}, ${model.files[0].path}`;
    process.stdout.write(`${model.purpose}\n  ${source}, converted to ${convertedPath(model)}\n  ${model.licence}\n  ${state}\n`);
  }
  for (const language of languages.values()) {
    const data = await finder.find(language.tesseract);
    if (data !== undefined) process.stdout.write(`Language ${language.code} for Tesseract\n  ${data.path}\n  Apache-2.0\n`);
  }
  return code;
}

/** Converts the model where that was not done before. */
async function verifyModel(model: ConvertedModel): Promise<'ok'> {
  await verifyConversion(model, await readConvertedModel(model));
  return 'ok';
}

async function pull(codes: readonly string[]): Promise<number> {
  const wanted = codes.map((code) => {
    const language = languages.get(code);
    if (language !== undefined) return language;
    throw new UsageError(`There is no language "${code}". Known: ${[...languages.keys()].join(' ')}.`);
  });
  const finder = dataFinder(readConfig({}, process.env));
  let missing = 0;
  for (const language of wanted) {
    const result = await pullLanguage(language, finder);
    process.stdout.write(`${result.message}\n`);
    if (!result.found) missing++;
  }
  return missing === 0 ? 0 : 1;
}
