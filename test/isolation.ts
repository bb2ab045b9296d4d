import { spawnSync } from 'node:child_process';

/**
 * What goes before a command so that it runs in namespaces of its own, without network but for the machine itself.
 * @param prepare shell commands that run there first, as its root
 * @returns nothing where Linux does not let this user make them
 */
export function isolation(...prepare: readonly string[]): readonly string[] {
  const enter = ['-rnm', 'sh', '-c', ['ip link set lo up', ...prepare, 'exec "$@"'].join(' && '), 'sh'];
  return spawnSync('unshare', [...enter, 'true']).status === 0 ? ['unshare', ...enter] : [];
}
