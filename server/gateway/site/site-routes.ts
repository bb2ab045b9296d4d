import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { Express, NextFunction, Request, Response } from 'express';
import { compressFor, type Compressed } from '../compress.js';

/** The pages of the site, by the paths at which they are served. */
const pages: Readonly<Record<string, string>> = { '/': 'index.html', '/docs': 'docs.html' };

const mediaTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.txt': 'text/plain; charset=utf-8',
};
const alreadyCompressed: ReadonlySet<string> = new Set(['.png']);

/**
 * A page runs its own files alone, and calls this server alone. Images that a person chose are `blob:` URLs; the viewer
 * of the API has pictures as `data:` URLs in its style sheet.
 */
const policy = [
  "default-src 'self'",
  "img-src 'self' blob: data:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

interface Asset {
  readonly type: string;
  readonly content: Promise<Buffer>;
  readonly compressed: Compressed | undefined;
}

/**
 * Serves the web page at `/` and the API reference at `/docs`, from the folder into which they were built. Files below
 * `/assets/` have a hash of their content in their names and are kept by browsers for good.
 */
export function addSiteRoutes(app: Express, folder: string): void {
  if (!existsSync(join(folder, 'index.html'))) return;
  const load = createLoader(folder);
  // Which files there are is settled at start: a path of a request never becomes a path of the file system.
  const names = new Set(readdirSync(join(folder, 'assets')));

  const answer = (file: string, caching: string) => (request: Request, response: Response, next: NextFunction) => {
    send(request, response, load(file), caching).catch(next);
  };
  for (const [path, file] of Object.entries(pages)) {
    const sendPage = answer(file, 'no-cache');
    app.get(path, (request, response, next) => {
      // What a page names by relative addresses, it would look for in `/docs/`.
      if (request.path === `${path}/`) response.redirect(308, `..${path}`);
      else sendPage(request, response, next);
    });
  }
  app.get('/assets/:name', (request, response, next) => {
    const { name } = request.params;
    if (!names.has(name)) return next();
    answer(`assets/${name}`, 'public, max-age=31536000, immutable')(request, response, next);
  });
}

/** Reads each file once, when it is first asked for. */
function createLoader(folder: string): (file: string) => Asset {
  const loaded = new Map<string, Asset>();
  return (file) => {
    const known = loaded.get(file);
    if (known !== undefined) return known;
    const extension = extname(file);
    const content = readFile(join(folder, file));
    // What could not be read is tried again with the next request.
    content.catch(() => loaded.delete(file));
    const asset = {
      type: mediaTypes[extension] ?? 'application/octet-stream',
      content,
      compressed: alreadyCompressed.has(extension) ? undefined : new Map(),
    };
    loaded.set(file, asset);
    return asset;
  };
}

async function send(
  request: Request,
  response: Response,
  { type, content, compressed }: Asset,
  caching: string,
): Promise<void> {
  const plain = await content;
  const body = compressed === undefined ? plain : await compressFor(request, response, plain, compressed);
  response
    .set({
      'content-type': type,
      'cache-control': caching,
      'content-security-policy': policy,
      'referrer-policy': 'no-referrer',
    })
    .send(body);
}
