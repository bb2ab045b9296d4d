import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repositoryRoot } from '../server/paths.js';
import { markdownPages, readPage } from './links.js';

/** Committed top-level folders. */
const folders = readdirSync(repositoryRoot, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !/^\.|^(node_modules|dist|data|coverage)$/.test(entry.name))
  .map(({ name }) => name);

const pages = markdownPages();

/** Paths from the root, and source files in backticks. Relative links are checked by docs.spec.ts. */
function pathsIn(markdown: string): readonly string[] {
  const fromRoot = new RegExp(`(?<![\\w./@-])(?:${folders.join('|')})/[\\w./-]*\\w`, 'g');
  const source = /(?<=`)[a-z][\w./-]*\/[\w.-]+\.(?:ts|mjs|json|proto|py|sh|wat)(?=`)/g;
  return [...new Set([...(markdown.match(fromRoot) ?? []), ...(markdown.match(source) ?? [])])];
}

/** Folders in a tree drawn as text: one per line, subfolders indented by two spaces. */
function treeIn(markdown: string): readonly string[] {
  const parents: string[] = [];
  return [...markdown.matchAll(/^((?: {2})*)([\w-]+)\/ {2,}\S/gm)].map(([, indent = '', name = '']) => {
    parents.splice(indent.length / 2, Infinity, name);
    return parents.join('/');
  });
}

const exists = (path: string): boolean => existsSync(join(repositoryRoot, path));

describe('pathsIn', () => {
  it('finds paths in prose and commands, once each', () => {
    const markdown = 'See `test/a.ts`, test/b/.\n\nnode test/a.ts ../test/c.ts https://example.org/test/d.ts';
    expect(pathsIn(markdown)).toEqual(['test/a.ts', 'test/b']);
  });

  it('finds sources with an abbreviated path', () => {
    expect(pathsIn('`gateway/a.ts`, `data/models`, gateway/b.ts')).toEqual(['gateway/a.ts']);
  });
});

describe('Markdown', () => {
  it.each(pages)('%s names paths that exist', (page) => {
    expect(pathsIn(readPage(page)).filter((path) => !exists(path))).toEqual([]);
  });

  it('is found in all folders', () => {
    expect(pages).toEqual(
      expect.arrayContaining(['README.md', 'docs/errors.md', 'training/line-recognizer/README.md']),
    );
    expect(pages.flatMap((page) => pathsIn(readPage(page))).length).toBeGreaterThan(30);
  });

  it('lists exactly the folders of the server in the layout of the README', () => {
    const [, layout = ''] = /## Repository layout\n+```\n([\s\S]*?)```/.exec(readPage('README.md')) ?? [];
    const listed = treeIn(layout);
    expect(listed.filter((path) => !exists(path))).toEqual([]);
    const inServer = readdirSync(join(repositoryRoot, 'server'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules')
      .map(({ name }) => `server/${name}`);
    expect(listed.filter((path) => path.startsWith('server/')).toSorted()).toEqual(inServer.toSorted());
  });
});
