// Imports every module of a release but those that do something at once, and prints how many.
// Then Tesseract, which is loaded only for some languages, reads an image of a line.
// Arguments: folder of the release, image.
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [release, image] = process.argv.slice(2);
const modules = readdirSync(join(release, 'dist'), { recursive: true }).filter((file) =>
  /(?<!-worker|cli\/main|engine-process)\.js$/.test(file),
);
for (const file of modules) await import(join(release, 'dist', file));

const { TesseractRecognizer } = await import(
  join(release, 'dist/server/features/text-detection/read/tesseract-recognizer.js')
);
const { createTesseractDataFinder } = await import(
  join(release, 'dist/server/features/text-detection/read/tesseract-data.js')
);
const english = await createTesseractDataFinder(release, []).find('eng');
const sharp = createRequire(join(release, 'package.json'))('sharp');
const { data, info } = await sharp(readFileSync(image))
  .removeAlpha()
  .resize({ height: 48 })
  .raw()
  .toBuffer({ resolveWithObject: true });
const line = { cropAtHeight: () => ({ ...info, rgb: Float32Array.from(data) }) };
const { words } = await new TesseractRecognizer().read(line, [english]);
process.stdout.write(JSON.stringify({ modules: modules.length, words: words.map(({ text }) => text).join(' ') }));
