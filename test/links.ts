import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { repositoryRoot } from '../server/paths.js';

/** Folders without pages of ours. */
const foreign: ReadonlySet<string> = new Set(['node_modules', 'dist', 'data', 'coverage']);

/** All Markdown files of the repository, as paths from its root. */
export function markdownPages(root = repositoryRoot, folder = ''): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isFile()) return path.endsWith('.md') ? [path] : [];
    return entry.isDirectory() && !entry.name.startsWith('.') && !foreign.has(entry.name)
      ? markdownPages(root, path)
      : [];
  });
}

/**
 * Links of a page that lead to no file of the repository, to no heading of it, or to no definition. Links to other sites are
 * left alone.
 * @param page path from the root
 */
export function brokenLinks(page: string, root = repositoryRoot): readonly string[] {
  const text = withoutCode(readPage(page, root));
  const definitions = new Map(
    [...text.matchAll(/^ {0,3}\[([^\]]+)\]:\s*<?([^\s>]+)/gm)].map(([, label = '', link = '']) => [
      label.toLowerCase(),
      link,
    ]),
  );
  const undefinedLabels = [...text.matchAll(/\]\[([^\]]+)\]/g)]
    .map(([, label = '']) => label)
    .filter((label) => !definitions.has(label.toLowerCase()));
  const links = [
    ...[...text.matchAll(/\]\(\s*<?([^)\s>]+)/g), ...text.matchAll(/\b(?:href|src)="([^"]+)"/g)].map(
      ([, link = '']) => link,
    ),
    ...definitions.values(),
  ];
  const isElsewhere = (link: string): boolean => /^[a-z][a-z\d+.-]*:/i.test(link);
  return [...undefinedLabels, ...links.filter((link) => !isElsewhere(link) && !isThere(page, link, root))];
}

function isThere(page: string, link: string, root: string): boolean {
  const [path = '', anchor] = decodeURI(link).split('#');
  const target = path === '' ? page : join(dirname(page), path);
  if (normalize(target).startsWith('..') || path.startsWith('/') || !existsSync(join(root, target))) return false;
  if (anchor === undefined) return true;
  return statSync(join(root, target)).isFile() && anchorsOf(readPage(target, root)).has(anchor);
}

/** What GitHub makes of the headings of a page, and anchors that it sets itself. */
function anchorsOf(markdown: string): ReadonlySet<string> {
  const text = markdown.replaceAll(fences, '');
  const anchors = new Set([...text.matchAll(/<a (?:id|name)="([^"]+)"/g)].map(([, anchor = '']) => anchor));
  const times = new Map<string, number>();
  for (const [, heading = ''] of text.matchAll(/^#+ (.*)$/gm)) {
    const anchor = heading
      .replaceAll(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-');
    const count = times.get(anchor) ?? 0;
    anchors.add(count === 0 ? anchor : `${anchor}-${count}`);
    times.set(anchor, count + 1);
  }
  return anchors;
}

const fences = /^(`{3,}|~{3,})[\s\S]*?^\1/gm;

/** The page without code, where brackets are no links. */
function withoutCode(markdown: string): string {
  return markdown.replaceAll(fences, '').replaceAll(/(`+)[^`][\s\S]*?\1/g, '');
}

/** Text of a page of the documentation. */
export function readPage(page: string, root = repositoryRoot): string {
  return readFileSync(join(root, page), 'utf8');
}
