import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { partialClone } from './partial-clone.js';

/** A small clone: the scripts as they are, and sources of two lines. */
let clone: string;
const source = (name: string, text: string): void => {
  mkdirSync(dirname(join(clone, name)), { recursive: true });
  writeFileSync(join(clone, name), text);
};
const build = () => {
  const { status, stderr } = spawnSync(
    process.execPath,
    ['-e', `import('./scripts/build.mjs').then(({ build }) => build())`],
    { cwd: clone, encoding: 'utf8' },
  );
  return { status, said: stderr.trim() };
};

beforeEach(() => {
  clone = partialClone([]);
  for (const folder of ['gen', 'server', 'client', 'datasets', 'bench', 'training', 'test']) {
    mkdirSync(join(clone, folder));
  }
  source('server/cli/main.ts', 'export const answer = 1;\n');
});
afterEach(() => rmSync(clone, { recursive: true }));

describe('build', () => {
  it('compiles what has changed, and nothing that was only touched', () => {
    expect(build()).toEqual({ status: 0, said: 'Building ...' });
    utimesSync(join(clone, 'server/cli/main.ts'), new Date(), new Date());
    expect(build()).toEqual({ status: 0, said: '' });
    source('server/cli/main.ts', 'export const answer = 2;\n');
    expect(build().said).toBe('Building ...');
    expect(readFileSync(join(clone, 'dist/server/cli/main.js'), 'utf8')).toContain('answer = 2');
  });

  it('compiles again when what it made is gone', () => {
    build();
    rmSync(join(clone, 'dist/server'), { recursive: true });
    expect(build().said).toBe('Building ...');
    expect(existsSync(join(clone, 'dist/server/cli/main.js'))).toBe(true);
  });

  it('does not take for built what does not compile', () => {
    source('server/cli/main.ts', 'export const answer: string = 1;\n');
    for (let time = 0; time < 2; time++) {
      expect(build()).toEqual({
        status: 1,
        said: expect.stringMatching(/^Building \.\.\.\nThe sources of tsconfig\.json do not compile\.$/),
      });
    }
  });

  it('says what to do where there is no compiler', () => {
    build();
    rmSync(join(clone, 'node_modules'));
    expect(build()).toEqual({ status: 0, said: '' });
    source('server/cli/main.ts', 'export const answer = 3;\n');
    expect(build()).toEqual({
      status: 1,
      said: expect.stringMatching(
        /^The sources are not compiled as they are now, and no compiler is installed\. Run `npm ci` in .* and try again\.$/,
      ),
    });
    source('server/cli/main.ts', 'export const answer = 1;\n');
    expect(build()).toEqual({ status: 0, said: '' });
  });
});
