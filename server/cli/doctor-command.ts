import { existsSync } from 'node:fs';
import { runSelfTest } from '../analyze/self-test.js';
import { readConfig } from '../config.js';
import { createEngine } from '../engine.js';
import { messageOf } from '../errors/message-of.js';
import { listModels } from '../features/model-registry.js';
import { languages } from '../features/text-detection/language/languages.js';
import { needsTesseract } from '../features/text-detection/read/recognizers.js';
import { prepareFolder } from '../files/writable-folder.js';
import { silentLog } from '../telemetry/log.js';
import { defineCommand } from './define-command.js';
import { noOperands } from './operands.js';
import { folderOptions } from './options/config-options.js';

export const doctorCommand = defineCommand({
  name: 'doctor',
  summary: 'Checks the installation.',
  about:
    'Checks this installation: Node, the data folder, models and their checksums, languages, and the analysis of a ' +
    'sample image.',
  operands: noOperands,
  options: folderOptions,
  notes: 'Exit code 1 if something is broken. Missing languages do not count as broken.',
  async run(flags) {
    const config = readConfig(flags, process.env);
    let broken = 0;
    const check = async (name: string, task: () => Promise<string>): Promise<void> => {
      try {
        process.stdout.write(`ok      ${name}: ${await task()}\n`);
      } catch (error) {
        broken++;
        process.stdout.write(`BROKEN  ${name}: ${messageOf(error)}\n`);
      }
    };

    await check('Node', async () => `${process.version} on ${process.platform} ${process.arch}`);
    await check('Data folder', async () => {
      const folder = config['data-dir'];
      if (!existsSync(folder)) return `${folder}, created on first use`;
      await prepareFolder('data folder', folder, '--data-dir DIR');
      return folder;
    });
    const models = await listModels(config);
    for (const model of models) {
      if (model.kind === 'language' || model.remedy !== undefined) continue;
      await check(model.purpose, async () => `${model.source}, ${await model.check()}`);
    }
    await check('Self-test', async () => {
      const started = performance.now();
      const engine = createEngine({ ...config, workers: 1 }, silentLog);
      try {
        await runSelfTest(engine, new AbortController().signal);
      } finally {
        await engine.close();
      }
      return `read the sample image after ${((performance.now() - started) / 1000).toFixed(1)} s`;
    });

    const builtIn = [...languages.values()].filter((language) => !needsTesseract(language)).map(({ code }) => code);
    process.stdout.write(`\nLanguages\n  ${builtIn.join(' ')}: built in\n`);
    const data = models.filter(({ kind }) => kind === 'language');
    for (const { name, source, remedy } of data) {
      if (remedy === undefined) process.stdout.write(`  ${name}: ${source}\n`);
    }
    const missing = data.filter(({ remedy }) => remedy !== undefined).map(({ name }) => name);
    if (missing.length > 0) {
      process.stdout.write(`  not installed: ${missing.join(' ')}\n  Install one with: visiond models pull CODE\n`);
    }
    return broken === 0 ? 0 : 1;
  },
});
