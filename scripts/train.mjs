// `npm run train:NAME -- ARGUMENTS`: sets up what is missing and runs a training of training/.
import { setUp } from './setup.mjs';

await setUp();
const [name] = process.argv.splice(2, 1);
await import(`../dist/training/${name}/train.js`);
