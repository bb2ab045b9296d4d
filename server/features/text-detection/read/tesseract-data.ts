import { access } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Config } from '../../../config.js';
import type { TesseractData } from './tesseract-recognizer.js';

const require = createRequire(import.meta.url);

/** Where distributions install Tesseract's language data. */
const systemFolders = [
  '/usr/share/tesseract-ocr/5/tessdata',
  '/usr/share/tesseract-ocr/4.00/tessdata',
  '/usr/share/tessdata',
  '/usr/local/share/tessdata',
  '/opt/homebrew/share/tessdata',
];

/** Finds the language data of Tesseract on this machine. */
export interface TesseractDataFinder {
  /** The folder of the server, to which data are added. */
  readonly ownFolder: string;
  /** The data of a language such as `rus`. Reads the disk every time, so that added data are found without a restart. */
  find(name: string): Promise<TesseractData | undefined>;
}

/** Searches the server's own folder, then `otherFolders`, then npm packages. */
export function createTesseractDataFinder(
  ownFolder: string,
  otherFolders: readonly string[] = defaultFolders(),
): TesseractDataFinder {
  return {
    ownFolder,
    async find(name) {
      const plain = [ownFolder, ...otherFolders].map((folder) => join(folder, `${name}.traineddata`));
      for (const path of [...plain, ...packagedFiles(name)]) {
        if (await exists(path)) return { name, path };
      }
      return undefined;
    },
  };
}

/** Looks for language data where a server with this config does. */
export function languageDataFinder(config: Config): TesseractDataFinder {
  return createTesseractDataFinder(join(config['data-dir'], 'tessdata'));
}

function defaultFolders(): string[] {
  const prefix = process.env['TESSDATA_PREFIX'];
  return prefix === undefined ? systemFolders : [prefix, ...systemFolders];
}

function packagedFiles(name: string): string[] {
  try {
    const folder = dirname(require.resolve(`@tesseract.js-data/${name}`));
    return [join(folder, '4.0.0_best_int', `${name}.traineddata.gz`)];
  } catch {
    return [];
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
