// node examples/read-text.mjs IMAGE [HOST:PORT]
// Prints the text of an image. Needs @visiond/client and a server, for example `npm start`.
import { readFile } from 'node:fs/promises';
import { createVisionClient, textDetection } from '@visiond/client';

const [image, endpoint = '127.0.0.1:8080'] = process.argv.slice(2);
const client = createVisionClient({ endpoint });

const [result] = await client.analyze(await readFile(image), [textDetection({ languageCodes: ['ru', 'en'] })]);
if (result.error) throw new Error(result.error.message);

for (const page of result.feature.value.pages) {
  for (const { lines } of page.blocks) {
    for (const { words } of lines) console.log(words.map(({ text }) => text).join(' '));
  }
}
client.close();
