// Installs what package-lock.json asks for, unless npm's own list of what is installed says that it is there.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { step } from './say.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** An installation without development tools (`npm ci --omit=dev`) is left as it is, unless they are needed. */
export function installDependencies({ withTools }) {
  const wanted = readPackages('package-lock.json');
  const installed = readPackages('node_modules/.package-lock.json');
  const isThere = ([location, { version, integrity }]) => {
    const found = installed[location];
    return (
      found !== undefined &&
      found.version === version &&
      found.integrity === integrity &&
      existsSync(join(root, location))
    );
  };
  const hasTools = Object.entries(installed).some(([location, { dev }]) => dev && existsSync(join(root, location)));
  const required = Object.entries(wanted).filter(
    ([location, { dev, optional, devOptional, peer }]) =>
      location.startsWith('node_modules/') && !optional && !devOptional && !peer && (!dev || withTools || hasTools),
  );
  if (required.every(isThere)) return;
  step('Installing dependencies and models from npm. The first time takes a minute or two ...');
  execFileSync('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
}

function readPackages(file) {
  const path = join(root, file);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).packages : {};
}
