import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { writeTar } from './tar.js';

describe('writeTar', () => {
  it('writes what tar reads, with empty files, full blocks and names beyond ASCII', () => {
    const files = { 'a.txt': 'short', 'folder/empty': '', 'folder/full': 'x'.repeat(1024), 'имя.txt': 'текст' };
    const archive = writeTar(Object.entries(files).map(([path, text]) => ({ path, content: Buffer.from(text) })));
    const list = spawnSync('tar', ['-tvf', '-'], { input: archive, encoding: 'utf8', env: { LC_ALL: 'C.UTF-8' } });
    expect([list.status, list.stderr]).toEqual([0, '']);
    expect(list.stdout.match(/\S+$/gm)).toEqual(Object.keys(files));
    for (const [path, text] of Object.entries(files)) {
      expect(spawnSync('tar', ['-xOf', '-', path], { input: archive, encoding: 'utf8' }).stdout).toBe(text);
    }
  });

  it('refuses a path that the format has no room for', () => {
    expect(() => writeTar([{ path: 'a'.repeat(101), content: Buffer.alloc(0) }])).toThrow('too long');
  });
});
