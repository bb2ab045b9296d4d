import { afterAll, describe, expect, it } from 'vitest';
import { readCommandBlocks, type CommandBlock } from './command-blocks.js';
import { brokenLinks, markdownPages, readPage } from './links.js';
import { createDocumentationRunner, serves } from './run-documented.js';

const pages = markdownPages();
const start = 'npm start';
/** How long the commands of a page may take. */
const pageMs = 150_000;

it('finds the pages of all folders', () => {
  expect(pages).toEqual(
    expect.arrayContaining(['README.md', 'client/README.md', 'docs/errors.md', 'training/line-recognizer/README.md']),
  );
});

describe.each(pages)('%s', (page) => {
  it('gives a reason for every block of commands that is not run', () => {
    expect(readCommandBlocks(readPage(page)).problems).toEqual([]);
  });

  it('links to files and headings that are there', () => {
    expect(brokenLinks(page)).toEqual([]);
  });

  it('names npm scripts that are there', () => {
    const { scripts }: { scripts: Readonly<Record<string, string>> } = JSON.parse(readPage('package.json'));
    const names = [...readPage(page).matchAll(/npm run ([\w:-]+)/g)].map(([, name = '']) => name);
    expect(names.filter((name) => scripts[name] === undefined)).toEqual([]);
  });
});

const runner = await createDocumentationRunner();
afterAll(() => runner.close());

/** Blocks of a page that are run, before them the start of a server if they ask one that the page does not start. */
function blocksToRun(page: string): ReadonlyArray<Pick<CommandBlock, 'commands' | 'prints'>> {
  const blocks = readCommandBlocks(readPage(page)).blocks.filter(
    ({ notRun, commands }) => notRun === undefined && runner.takes(commands),
  );
  const asks = blocks.some(({ commands }) => /visiond (analyze|index)\b|127\.0\.0\.1:8080/.test(commands));
  const isStarted = blocks.some(({ commands }) => commands.startsWith(start));
  return asks && !isStarted ? [{ commands: start, prints: [] }, ...blocks] : blocks;
}

describe.skipIf(runner.isIdle)(`blocks of commands: ${runner.says}`, () => {
  const pagesToRun = pages.map((page) => [page, blocksToRun(page)] as const).filter(([, blocks]) => blocks.length > 0);

  it('are more than a few', () => {
    expect(pagesToRun.length).toBeGreaterThan(4);
  });

  it.each(pagesToRun)(
    '%s',
    async (_page, blocks) => {
      const outcomes = await runner.run(
        blocks.map(({ commands }) => commands),
        pageMs,
      );
      const ended = outcomes.map(({ code, stdout, stderr }, at) => ({ block: blocks[at], code, stdout, stderr }));
      expect(ended.filter(({ code }) => code !== 0)).toEqual([]);
      expect(ended).toHaveLength(blocks.length);
      expect(
        ended.filter(({ block, stdout }) => block?.prints.every((words) => stdout.includes(words)) !== true),
      ).toEqual([]);
      const servers = ended.filter(({ block }) => block !== undefined && serves(block.commands));
      expect(servers.filter(({ stdout }) => !stdout.includes('Stopped.'))).toEqual([]);
    },
    pageMs + 10_000,
  );
});
