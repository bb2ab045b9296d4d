// npm run bench:languages -- [--only PATTERN] [--list] [--save FOLDER]
// Draws a text in every language of the API in two fonts, reads it in a request that names the language, and prints the
// character error rate, word recall, and the share of letters in the language's script.
// PATTERN chooses languages by their codes. --list prints the lines that are read with errors. --save keeps the images.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { textDetection } from '../client/index.js';
import { drawSample, languageSamples } from '../datasets/languages/draw-language.js';
import { scoreSample } from '../datasets/languages/language-score.js';
import { installTesseractLanguages } from '../datasets/languages/tesseract-languages.js';
import { plainTextOf } from '../server/features/text-detection/plain-text.js';
import { startBenchServer } from './server.js';

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    list: { type: 'boolean', default: false },
    save: { type: 'string' },
  },
});
const only = new RegExp(values.only);
if (values.save !== undefined) mkdirSync(values.save, { recursive: true });

const dataFolder = mkdtempSync(join(tmpdir(), 'visiond-languages-'));
installTesseractLanguages(dataFolder);
const server = await startBenchServer(['--data-dir', dataFolder]);
try {
  const rows: Array<Record<string, string>> = [];
  for (const sample of languageSamples().filter(({ language }) => only.test(language.code))) {
    const { language, lines, font } = sample;
    const image = await drawSample(sample).png().toBuffer();
    if (values.save !== undefined) writeFileSync(join(values.save, `${language.code} ${font.family}.png`), image);
    const [result] = await server.client.analyze(image, [
      textDetection({ languageCodes: [language.code], model: 'page' }),
    ]);
    const read = plainTextOf(result);
    const { cer, wordRecall, inScript } = scoreSample(sample, read);
    rows.push({
      language: language.code,
      font: font.family,
      CER: cer.toFixed(3),
      'word recall': wordRecall.toFixed(3),
      'in its script': inScript.toFixed(3),
    });
    if (values.list && cer > 0) {
      process.stdout.write(
        `${language.code}, ${font.family}:\n- ${lines.join('\n- ')}\n+ ${read.trim().replaceAll(/\n+/g, '\n+ ')}\n`,
      );
    }
  }
  console.table(rows);
} finally {
  await server.stop();
  rmSync(dataFolder, { recursive: true });
}
