import { spawnSync } from 'node:child_process';

/** A program that runs another with fewer rights. */
export interface Sandbox {
  /** What stands before the command that it runs. */
  readonly command: readonly string[];
  /** What the process cannot do, for the log: `no network`. */
  readonly limits: readonly string[];
}

interface Layer {
  readonly limit: string;
  readonly command: readonly string[];
}

const isRoot = process.getuid?.() === 0;

/** Without a user namespace of its own, only root may make a network namespace. */
const networkLayers: readonly Layer[] = [
  ...(isRoot ? [{ limit: 'no network', command: ['unshare', '--net', '--'] }] : []),
  { limit: 'no network', command: ['unshare', '--user', '--map-current-user', '--net', '--'] },
];

/**
 * Root without capabilities could not write to folders of other users, as root does in containers with mounted folders.
 * Nobody else has a bounding set to give up.
 */
const rights = isRoot ? ['--bounding-set=-all,+dac_override,+chown,+fowner', '--inh-caps=-all'] : ['--inh-caps=-all'];
const rightsLayers: readonly Layer[] = [
  {
    limit: isRoot ? 'no capabilities but for files' : 'no capabilities',
    command: ['setpriv', '--no-new-privs', '--pdeathsig=KILL', ...rights, '--'],
  },
  { limit: 'no new privileges', command: ['setpriv', '--no-new-privs', '--'] },
];

let found: Sandbox | undefined;

/** The strictest sandbox that this machine allows. Tried once, by running a program that does nothing in it. */
export function findSandbox(): Sandbox {
  return (found ??= tryLayers());
}

function tryLayers(): Sandbox {
  const none: Sandbox = { command: [], limits: [] };
  if (process.platform !== 'linux') return none;
  let sandbox = none;
  for (const alternatives of [networkLayers, rightsLayers]) {
    const layer = alternatives.find(({ command }) => works([...sandbox.command, ...command]));
    if (layer === undefined) continue;
    sandbox = { command: [...sandbox.command, ...layer.command], limits: [...sandbox.limits, layer.limit] };
  }
  return sandbox;
}

function works([program = '', ...rest]: readonly string[]): boolean {
  return spawnSync(program, [...rest, 'true'], { stdio: 'ignore' }).status === 0;
}
