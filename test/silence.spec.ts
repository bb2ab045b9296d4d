import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repositoryRoot } from '../server/paths.js';
import { fixturePath } from './fixtures.js';

const hasStrace = spawnSync('strace', ['-f', '-e', 'trace=none', 'true']).status === 0;
const folder = mkdtempSync(join(tmpdir(), 'visiond-silence-'));
const home = join(folder, 'home');
const data = join(folder, 'data');
const bin = join(repositoryRoot, 'server/bin/visiond.js');
afterAll(() => rmSync(folder, { recursive: true }));

// The operator's environment must not be able to turn the reports on.
const environment = { PATH: process.env['PATH'], HOME: home, VISIOND_DATA_DIR: data, ORT_DISABLE_TELEMETRY: '0' };

/** Starts a command under strace, in a folder of its own. `ended` gives its trace. */
function trace(name: string, command: readonly string[], cwd: string): { child: ChildProcess; ended: Promise<string> } {
  const file = join(folder, `${name}.strace`);
  const calls = 'trace=network,open,openat,creat,mkdir,mkdirat,rename,renameat,renameat2,link,linkat,unlink,unlinkat';
  const child = spawn('strace', ['-f', '-qq', '-e', calls, '-o', file, ...command], {
    cwd,
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => resolve(readFileSync(file, 'utf8')));
  });
  return { child, ended };
}

/** Calls that send beyond the loopback interface: look-ups are among them, as they ask a server. */
function callsBeyondLoopback(calls: string): string[] {
  const address = /inet_addr\("([^"]+)"\)|inet_pton\(AF_INET6, "([^"]+)"/g;
  return calls
    .split('\n')
    .filter(
      (line) =>
        /^\d+ +(connect|send)/.test(line) &&
        [...line.matchAll(address)].some(([, ip4, ip6]) =>
          ip4 === undefined ? ip6 !== '::1' : !ip4.startsWith('127.'),
        ),
    );
}

/** Calls that would make, change or remove a file outside the folders, whether they succeeded or not. */
function writesOutside(calls: string, folders: readonly string[]): string[] {
  return calls.split('\n').filter((line) => {
    const [, call = '', rest = ''] = /^\d+ +(\w+)\((.*)/.exec(line) ?? [];
    if (!/^(open|creat|mkdir|rename|link|unlink)/.test(call)) return false;
    if (call.startsWith('open') && !/O_CREAT|O_WRONLY|O_RDWR/.test(rest)) return false;
    const paths = [...rest.matchAll(/"([^"]*)"/g)].map(([, path = '']) => path);
    return !paths.every((path) =>
      [...folders, '/dev', '/proc'].some((allowed) => path === allowed || path.startsWith(`${allowed}/`)),
    );
  });
}

/** Waits until a server is ready. @returns its `host:port` */
function listening(child: ChildProcess): Promise<string> {
  let output = '';
  return new Promise((resolve) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes('Ready after')) resolve(/http:\/\/(\S+)/.exec(output)?.[1] ?? '');
    });
  });
}

describe('the checks of this test', () => {
  it('see what they are for', () => {
    const dns = '7 connect(29, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("10.0.0.2")}, 16) = 0';
    const ipv6 =
      '7 connect(29, {sa_family=AF_INET6, sin6_port=htons(443), inet_pton(AF_INET6, "2001:db8::1", &sin6_addr)}, 28) = 0';
    const local = '7 connect(29, {sa_family=AF_INET, sin_port=htons(8080), sin_addr=inet_addr("127.0.0.1")}, 16) = 0';
    expect(callsBeyondLoopback([dns, ipv6, local].join('\n'))).toEqual([dns, ipv6]);
    const write = '7 openat(AT_FDCWD, "/home/a/.cache/b", O_RDWR|O_CREAT, 0600) = 3';
    const inside = '7 openat(AT_FDCWD, "/data/b", O_RDWR|O_CREAT, 0600) = 3';
    const read = '7 openat(AT_FDCWD, "/etc/hosts", O_RDONLY) = 3';
    const moved = '7 rename("/data/b", "/home/b") = 0';
    expect(writesOutside([write, inside, read, moved].join('\n'), ['/data'])).toEqual([write, moved]);
  });
});

describe.skipIf(!hasStrace)(
  `under strace${hasStrace ? '' : ', which this machine has not, or does not let trace: skipped'}`,
  () => {
    beforeAll(() => mkdirSync(home));

    it('server and command line look nothing up, call nobody and write to the data folder alone', async () => {
      const server = trace('serve', [process.execPath, bin, 'serve', '--listen', '127.0.0.1:0'], folder);
      const endpoint = await listening(server.child);
      const image = fixturePath('line-english.png');
      const features = ['--text', 'ru,en,zh', '--faces', '--classify', 'quality,moderation,objects', '--copies'];
      const asked = trace(
        'analyze',
        [process.execPath, bin, 'analyze', image, ...features, '--endpoint', endpoint],
        folder,
      );
      const local = trace('local', [process.execPath, bin, 'analyze', image, ...features, '--local'], folder);
      const calls = [await asked.ended, await local.ended];
      // strace does not pass a signal on, so its child gets it.
      spawnSync('pkill', ['-TERM', '-P', String(server.child.pid)]);
      calls.push(await server.ended);
      expect(calls.filter((each) => each.split('\n').length > 100)).toHaveLength(3);
      expect(calls.map(callsBeyondLoopback)).toEqual([[], [], []]);
      expect(calls.map((each) => writesOutside(each, [data]))).toEqual([[], [], []]);
      expect(existsSync(join(home, '.cache'))).toBe(false);
    });

    it('so do a script and npm', async () => {
      const args = ['features', join(repositoryRoot, 'examples'), '--images', '1', '--pixels', '100000'];
      const script = trace('script', [process.execPath, 'scripts/bench.mjs', ...args], repositoryRoot);
      // npm keeps a log of its own run in the home of its user, and from Node.js 22 on its compiled code in the temporary
      // folder.
      const ofNpm = [join(home, '.npm'), join(tmpdir(), 'node-compile-cache')];
      const npm = trace('npm', ['npm', 'start', '--', '--help'], repositoryRoot);
      const calls = [await script.ended, await npm.ended];
      expect(calls.map(callsBeyondLoopback)).toEqual([[], []]);
      expect(calls.map((each) => writesOutside(each, [data, ...ofNpm]))).toEqual([[], []]);
    });
  },
);
