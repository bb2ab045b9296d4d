import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Asked for by packages that need them for types, or to download while they are installed. Nothing loads them. */
const neverLoaded = /^(@types\/.+|undici-types|adm-zip|global-agent)$/;

const libc =
  process.platform === 'linux' ? (process.report.getReport().header.glibcVersionRuntime ? 'glibc' : 'musl') : undefined;

/** The platform that is released for, for people. */
export const platform = [process.platform, process.arch, libc].filter(Boolean).join(' ');

/** Folders of the packages that the server loads on this machine, from the root of the repository. */
export function runtimePackages(root) {
  return [...runtimeDependencies(root).keys()].filter((location) => location !== 'server');
}

/** Folders of the packages whose code was built into the web page. They are in a release without their folders. */
export function bundledPackages(root) {
  const { dependencies } = JSON.parse(readFileSync(join(root, 'page/package.json'), 'utf8'));
  return Object.keys(dependencies).map((name) => `node_modules/${name}`);
}

/** The server and these packages, by their folders, with the folders of those that each needs. */
export function runtimeDependencies(root) {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const found = new Map();
  const visit = (location) => {
    const { dependencies, optionalDependencies, peerDependencies } = packages[location];
    const targets = [];
    found.set(location, targets);
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })) {
      if (neverLoaded.test(name)) continue;
      const target = resolve(packages, location, name);
      if (target === undefined || !isForThisMachine(packages[target], target)) continue;
      if (packages[target].optional && !existsSync(join(root, target))) continue;
      targets.push(target);
      if (!found.has(target)) visit(target);
    }
  };
  visit('server');
  return found;
}

/** As Node looks for a package: in the folder that asks, and in all above it. */
function resolve(packages, location, name) {
  const inside = `${location}/node_modules/${name}`;
  if (inside in packages) return inside;
  const above = location.lastIndexOf('/node_modules/');
  if (above > 0) return resolve(packages, location.slice(0, above), name);
  return `node_modules/${name}` in packages ? `node_modules/${name}` : undefined;
}

function isForThisMachine({ os, cpu, libc: libraries }, location) {
  // Some packages tell their C library by their name alone.
  const [, named] = /-(gnu|musl)(?:eabihf)?$/.exec(location) ?? [];
  if (libc !== undefined && named !== undefined && (named === 'musl') !== (libc === 'musl')) return false;
  return takes(os, process.platform) && takes(cpu, process.arch) && takes(libraries, libc);
}

/** As npm reads `os`, `cpu` and `libc`: a list of what is taken, or with `!` of what is not. */
function takes(list, value) {
  if (list === undefined || value === undefined) return true;
  return list.includes(value) || (list.every((entry) => entry.startsWith('!')) && !list.includes(`!${value}`));
}
