// node examples/read-text.mjs IMAGE [HOST:PORT]
// Prints the text of an image. Needs @visiond/client and a server, for example `npm start`.
import { readFile } from 'node:fs/promises';
import { createVisionClient } from '@visiond/client';

const [image, endpoint = '127.0.0.1:8080'] = process.argv.slice(2);
const client = createVisionClient({ endpoint });

console.log(await client.text(await readFile(image), { languages: ['ru', 'en'] }));
client.close();
