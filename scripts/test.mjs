// `npm test`: sets up what is missing, then checks the format, lints and runs all tests.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setUp } from './setup.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

await setUp({ withTools: true });
for (const [name, ...args] of [
  ['oxfmt', '--check', '.'],
  ['oxlint', '--type-aware', '--deny-warnings'],
  ['vitest', 'run'],
]) {
  process.stdout.write(`\n== ${name} ${args.join(' ')}\n`);
  const { status } = spawnSync(join(root, 'node_modules/.bin', name), args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
