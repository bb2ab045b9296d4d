import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFileRegistry, fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repositoryRoot } from '../server/paths.js';
import { startTestServer, type TestServer } from './server.js';

let running: TestServer;
const folder = mkdtempSync(join(tmpdir(), 'visiond-site-'));

beforeAll(async () => {
  running = await startTestServer({ workers: '1', 'data-dir': join(folder, 'data'), auth: 'keys' });
});
afterAll(async () => {
  await running.close();
  rmSync(folder, { recursive: true });
});

const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(running.origin + path, { headers });
const bytesOf = async (path: string): Promise<Buffer> => Buffer.from(await (await get(path)).arrayBuffer());

/** What the directives of a Content-Security-Policy allow. */
function directives(policy: string | null): Readonly<Record<string, string>> {
  return Object.fromEntries(
    (policy ?? '').split('; ').map((directive) => {
      const [name = '', ...values] = directive.split(' ');
      return [name, values.join(' ')];
    }),
  );
}

describe.each(['/', '/docs'])('GET %s', (path) => {
  it('is a page that everyone may see and that is asked for again each time', async () => {
    const response = await get(path);
    expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-cache']);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('referrer-policy')).toBe('no-referrer');
  });

  it('allows files of this server alone, and has nothing inline', async () => {
    const response = await get(path);
    expect(directives(response.headers.get('content-security-policy'))).toEqual({
      'default-src': "'self'",
      'img-src': "'self' blob: data:",
      'object-src': "'none'",
      'base-uri': "'none'",
      'form-action': "'none'",
      'frame-ancestors': "'none'",
    });
    const html = await response.text();
    expect(html).not.toMatch(/<style|\sstyle=|<script(?![^>]*\ssrc=)|\son\w+=|https?:/);
    for (const [, file = ''] of html.matchAll(/(?:src|href)="\.([^"]+)"/g)) {
      expect([file, (await get(file)).status]).toEqual([file, 200]);
    }
  });
});

it('GET /docs/ leads to /docs, from where its files are found', async () => {
  const response = await fetch(`${running.origin}/docs/`, { redirect: 'manual' });
  expect([response.status, response.headers.get('location')]).toEqual([308, '../docs']);
  expect((await get('/docs/none')).status).toBe(404);
});

describe('GET /assets/', () => {
  it('has files that are kept for good, compressed, each with its type', async () => {
    const names = readdirSync(join(repositoryRoot, 'page/dist/assets'));
    const types: Readonly<Record<string, string>> = {
      js: 'text/javascript; charset=utf-8',
      css: 'text/css; charset=utf-8',
      svg: 'image/svg+xml',
      png: 'image/png',
    };
    expect(names.length).toBeGreaterThan(4);
    for (const name of names) {
      expect(name).toMatch(/-[\w-]{8}\.(js|css|svg|png)$/);
      const response = await get(`/assets/${name}`, { 'accept-encoding': 'br' });
      const bytes = Buffer.from(await response.arrayBuffer());
      expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      expect(response.headers.get('content-type')).toBe(types[name.slice(name.lastIndexOf('.') + 1)]);
      const isCompressed = response.headers.get('content-encoding') === 'br';
      expect([name, isCompressed]).toEqual([name, !name.endsWith('.png') && bytes.length >= 1024]);
    }
  });

  it.each(['/assets/none.js', '/assets/', '/assets/..%2findex.html', '/assets/%2e%2e/docs.html', '/index.html'])(
    'has no %s',
    async (path) => {
      expect((await get(path)).status).toBe(404);
    },
  );

  it('is small before the API reference is opened', async () => {
    const html = await (await get('/')).text();
    const files = [...html.matchAll(/(?:src|href)="\.([^"]+)"/g)].map(([, file = '']) => file);
    let bytes = 0;
    for (const file of files) {
      const response = await fetch(running.origin + file, { headers: { 'accept-encoding': 'gzip' } });
      bytes += Number(response.headers.get('content-length'));
      await response.arrayBuffer();
    }
    expect(files.length).toBeGreaterThan(2);
    expect(bytes).toBeLessThan(60_000);
  });
});

describe('for generators of clients', () => {
  it('GET /descriptor.binpb has every service of the API with its comments, and nothing internal', async () => {
    const set = fromBinary(FileDescriptorSetSchema, await bytesOf('/descriptor.binpb'));
    const registry = createFileRegistry(set);
    expect(registry.getService('yandex.cloud.ai.vision.v1.VisionService')?.methods).toHaveLength(1);
    expect(registry.getService('visiond.index.v1.ImageIndexService')).toBeDefined();
    expect(set.file.filter((file) => file.package.startsWith('visiond.engine'))).toEqual([]);
    const vision = set.file.find(({ name }) => name.endsWith('vision_service.proto'));
    expect(vision?.sourceCodeInfo?.location.some(({ leadingComments }) => leadingComments !== '')).toBe(true);
  });

  it('GET /proto.tar.gz has .proto files that compile', async () => {
    const archive = await bytesOf('/proto.tar.gz');
    const to = mkdtempSync(join(folder, 'proto-'));
    expect(spawnSync('tar', ['-xzf', '-', '-C', to], { input: archive }).status).toBe(0);
    const files = readdirSync(to, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.proto'));
    expect(files).toContain('proto/yandex/cloud/ai/vision/v1/vision_service.proto');
    expect(files.filter((name) => name.includes('engine'))).toEqual([]);
    const buf = join(repositoryRoot, 'node_modules/.bin/buf');
    const { status, stderr } = spawnSync(buf, ['build', join(to, 'proto')], { encoding: 'utf8', cwd: to });
    expect([status, stderr]).toEqual([0, '']);
  });
});
