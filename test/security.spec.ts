import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repositoryRoot } from '../server/paths.js';
import { readPage } from './links.js';

const [, model = '', limits = ''] = readPage('SECURITY.md').split(/^## (?:Threat model|What is not defended)\n/m);
const rows = [...model.matchAll(/^\| (?!Attack \|)([^|]+) \| ([^|]+) \| ([^|]+) \|$/gm)].map(
  ([, attack = '', holds = '', tests = '']) => ({ attack, holds, tests }),
);

describe('the threat model', () => {
  it('has attackers, attacks, and what is not defended', () => {
    expect(model.match(/^### /gm)?.length).toBeGreaterThan(6);
    expect(rows.length).toBeGreaterThan(25);
    expect(limits).toMatch(/^- \*\*/m);
  });

  it.each(rows)('names tests that exist against: $attack', ({ tests }) => {
    const files = tests.split(', ').map((each) => each.replaceAll('`', ''));
    for (const file of files) {
      expect(file).toMatch(/\.spec\.ts$/);
      expect([file, existsSync(join(repositoryRoot, file))]).toEqual([file, true]);
    }
  });

  it('is found from the pages that people read first', () => {
    for (const page of ['README.md', 'docs/security.md', 'CONTRIBUTING.md']) {
      expect(readFileSync(join(repositoryRoot, page), 'utf8')).toMatch(/\]\((?:\.\.\/)?SECURITY\.md\)/);
    }
  });
});
