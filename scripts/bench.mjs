// `npm run bench:NAME -- ARGUMENTS`: sets up what is missing and runs a benchmark of bench/.
import { setUp } from './setup.mjs';

await setUp({ withTools: true });
const [name] = process.argv.splice(2, 1);
await import(`../dist/bench/${name}.js`);
