// `npm run train:NAME -- ARGUMENTS`: sets up what is missing and runs a training script of training/, in a process of its
// own: where the server was loaded, sharp reads no SVG any more.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { setUp } from './setup.mjs';

await setUp({ withTools: true });
const [name, ...args] = process.argv.slice(2);
const script = fileURLToPath(new URL(`../dist/training/${name}.js`, import.meta.url));
process.exitCode = spawnSync(process.execPath, [script, ...args], { stdio: 'inherit' }).status ?? 1;
