// Reads images for bench/ocr.ts in a process of its own: `node ocr-peer.mjs PACKAGE MODEL LANGUAGES DATA-FOLDER`.
// A path a line comes in, a line of JSON with the text goes out.
import { createInterface } from 'node:readline';

const [name, model, languages, folder] = process.argv.slice(2);
const readers = { 'tesseract.js': tesseract, '@gutenye/ocr-node': gutenye };
const read = await readers[name]();
console.log(JSON.stringify({ ready: true }));
for await (const path of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify({ text: await read(path) }));
}
process.exit(0);

async function tesseract() {
  const { createWorker } = await import('tesseract.js');
  const worker = await createWorker(languages.split('+'), 1, { langPath: folder, gzip: false, cacheMethod: 'none' });
  await worker.setParameters({ tessedit_pageseg_mode: model === 'line' ? '7' : '3' });
  return async (path) => (await worker.recognize(path)).data.text;
}

async function gutenye() {
  const { default: Ocr } = await import('@gutenye/ocr-node');
  const ocr = await Ocr.create();
  return async (path) => (await ocr.detect(path)).map(({ text }) => text).join('\n');
}
