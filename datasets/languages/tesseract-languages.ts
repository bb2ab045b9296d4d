import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { languages } from '../../server/features/text-detection/language/languages.js';
import { needsTesseract } from '../../server/features/text-detection/read/recognizers.js';
import { modelPath } from '../../server/inference/model-files.js';

/** Those that the server finds by itself where development dependencies are installed. */
const installed = new Set(['heb', 'hye']);

/**
 * Puts the data of Tesseract's languages into a data folder, as `models pull` does. They come from development
 * dependencies under names that the server does not look for: tests need languages that are not installed, too.
 */
export function installTesseractLanguages(dataFolder: string): void {
  const folder = join(dataFolder, 'tessdata');
  mkdirSync(folder, { recursive: true });
  for (const { tesseract } of [...languages.values()].filter(needsTesseract)) {
    const data = gunzipSync(
      readFileSync(modelPath({ package: packageOf(tesseract), path: `4.0.0_best_int/${tesseract}.traineddata.gz` })),
    );
    writeFileSync(join(folder, `${tesseract}.traineddata`), data);
  }
}

function packageOf(name: string): string {
  return installed.has(name) ? `@tesseract.js-data/${name}` : `tesseract-data-${name}`;
}
