// `npm start`: sets up what is missing and serves. What follows `--` goes to `visiond serve`.
import { setUp } from './setup.mjs';

await setUp();
process.argv.splice(2, 0, 'serve');
await import('../dist/server/cli/main.js');
