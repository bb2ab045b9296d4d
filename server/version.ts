import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from './paths.js';

/** Version of the server, from its package.json. */
export const version = readVersion();

function readVersion(): string {
  const parsed: unknown = JSON.parse(readFileSync(join(repositoryRoot, 'server/package.json'), 'utf8'));
  return typeof parsed === 'object' && parsed !== null ? String(Reflect.get(parsed, 'version')) : '';
}
