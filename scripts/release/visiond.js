#!/usr/bin/env node
import { readFileSync } from 'node:fs';

const { engines, os, cpu } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const [needed, actual] = [engines.node, process.versions.node].map((version) => version.match(/\d+/g).map(Number));

if (actual[0] < needed[0] || (actual[0] === needed[0] && actual[1] < needed[1])) {
  refuse(`This visiond needs Node ${engines.node}, this is ${process.versions.node}.`);
} else if (!os.includes(process.platform) || !cpu.includes(process.arch)) {
  refuse(
    `This release of visiond is for ${os} ${cpu}, this is ${process.platform} ${process.arch}. Make one here: \`npm run release DIR\` in a clone.`,
  );
} else {
  await import('../dist/server/cli/main.js');
}

function refuse(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exitCode = 1;
}
