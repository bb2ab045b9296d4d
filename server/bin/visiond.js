#!/usr/bin/env node
import { existsSync } from 'node:fs';

const main = new URL('../../dist/server/cli/main.js', import.meta.url);
if (existsSync(main)) {
  await import(main.href);
} else {
  process.stderr.write('visiond is not built yet. Run `npm run setup` in its folder.\n');
  process.exitCode = 1;
}
