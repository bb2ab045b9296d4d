// `npm run sbom FILE`: writes the software bill of materials of a release on this platform, as CycloneDX JSON.
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { softwareBill } from './release/software-bill.mjs';
import { refuse, step } from './say.mjs';
import { setUp } from './setup.mjs';

const [target, ...others] = process.argv.slice(2);
if (target === undefined || others.length > 0) refuse('npm run sbom takes one file: npm run sbom FILE');
await setUp();
// npm runs scripts in the clone, wherever it was called.
const goal = resolve(process.env.INIT_CWD ?? '.', target);
writeFileSync(goal, await softwareBill(fileURLToPath(new URL('..', import.meta.url))));
step(`Wrote ${goal}`);
