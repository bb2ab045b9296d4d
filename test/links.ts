import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { repositoryRoot } from '../server/paths.js';

/** Relative links of a page that lead to no file, or to no heading of it. `page` is a path from the root on. */
export function brokenLinks(page: string): readonly string[] {
  const links = [...readPage(page).matchAll(/\]\(([^):]+)\)/g)].map(([, link = '']) => link);
  return links.filter((link) => !isThere(page, link));
}

function isThere(page: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : join(dirname(page), path);
  if (!existsSync(join(repositoryRoot, target))) return false;
  if (anchor === undefined) return true;
  return statSync(join(repositoryRoot, target)).isFile() && anchorsOf(readPage(target)).includes(anchor);
}

/** What GitHub makes of the headings of a page. */
function anchorsOf(markdown: string): readonly string[] {
  const text = markdown.replaceAll(/^```[\s\S]*?^```/gm, '');
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** Text of a page of the documentation. */
export function readPage(page: string): string {
  return readFileSync(join(repositoryRoot, page), 'utf8');
}
