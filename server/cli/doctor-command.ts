import { existsSync } from 'node:fs';
import { runSelfTest } from '../analyze/self-test.js';
import { createEngine, dataFinder, modelsFolder } from '../engine.js';
import { languages, needsTesseract } from '../features/text-detection/language/languages.js';
import { prepareFolder } from '../files/writable-folder.js';
import { readConvertedModel } from '../inference/converted-model-file.js';
import { convertedModels, type ConvertedModel } from '../inference/converted-models.js';
import { modelFiles, readModel, sourceOf } from '../inference/model-files.js';
import { findPulledModel, pulledModels, readPulledModel, type PulledModel } from '../inference/pulled-models.js';
import { verifyConversion } from '../inference/verify-conversion.js';
import { silentLog } from '../telemetry/log.js';
import { parseCommandLine, UsageError, type Command } from './command.js';
import { configOfFolders, folderHelp, folderOptions } from './options/folder-options.js';

export const doctorCommand: Command = {
  summary: 'Says what is there, what is missing, and whether the engines work.',
  help: `Checks this installation: Node, the data folder, model files and their checksums, languages, and an image that it
analyzes.

Usage: visiond doctor [OPTIONS]

${folderHelp}

Exit code 1 if something is broken. A language that is missing is not.
`,
  async run(args) {
    const { values, positionals } = parseCommandLine(args, folderOptions);
    if (positionals.length > 0) throw new UsageError('doctor takes no arguments.');
    const config = configOfFolders(values);
    let broken = 0;
    const check = async (name: string, task: () => Promise<string>): Promise<void> => {
      const [mark, text] = await task().then(
        (found) => ['ok     ', found],
        (error: unknown) => ['BROKEN ', error instanceof Error ? error.message : String(error)],
      );
      if (mark !== 'ok     ') broken++;
      process.stdout.write(`${mark} ${name}: ${text}\n`);
    };

    await check('Node', async () => `${process.version} on ${process.platform} ${process.arch}`);
    await check('Data folder', async () => {
      const folder = config['data-dir'];
      if (!existsSync(folder)) return `${folder}, made when it is needed`;
      await prepareFolder('data folder', folder, '--data-dir DIR');
      return folder;
    });
    for (const file of Object.values(modelFiles)) {
      await check(file.purpose, async () => {
        await readModel(file);
        return `${sourceOf(file)}, checksum right`;
      });
    }
    for (const model of Object.values<ConvertedModel>(convertedModels)) {
      await check(model.purpose, async () => {
        await verifyConversion(model, await readConvertedModel(model));
        return `${model.package} ${model.version}, gives what TensorFlow.js gives`;
      });
    }
    for (const model of Object.values<PulledModel>(pulledModels)) {
      const path = await findPulledModel(model, modelsFolder(config));
      if (path === undefined) continue;
      await check(model.purpose, async () => {
        await readPulledModel(model, path);
        return `${path}, checksum right`;
      });
    }
    await check('Self-test', async () => {
      const started = performance.now();
      const engine = createEngine({ ...config, workers: 1 }, silentLog);
      try {
        await runSelfTest(engine.analyzer, new AbortController().signal);
      } finally {
        await engine.close();
      }
      return `read the sample image after ${((performance.now() - started) / 1000).toFixed(1)} s`;
    });

    const finder = dataFinder(config);
    const missing: string[] = [];
    const all = [...languages.values()];
    const builtIn = all.filter((language) => !needsTesseract(language)).map(({ code }) => code);
    process.stdout.write(`\nLanguages\n  ${builtIn.join(' ')}: built in\n`);
    for (const { code, tesseract } of all.filter(needsTesseract)) {
      const data = await finder.find(tesseract);
      if (data === undefined) missing.push(code);
      else process.stdout.write(`  ${code}: ${data.path}\n`);
    }
    if (missing.length > 0) {
      process.stdout.write(`  not installed: ${missing.join(' ')}\n  visiond models pull CODE adds one.\n`);
    }
    return broken === 0 ? 0 : 1;
  },
};
