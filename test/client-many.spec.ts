import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createVisionClient as createFetchClient } from '../client/index-fetch.js';
import { createVisionClient, VisionError, type ImageClient, type Progress } from '../client/index.js';
import { startTestServer, type TestServer } from './server.js';

let running: TestServer;
let client: ImageClient;

beforeAll(async () => {
  running = await startTestServer({ 'max-queue': '16' });
  client = createVisionClient({ endpoint: running.endpoint, timeoutMs: 300_000 });
});
afterAll(async () => {
  client.close();
  await running.close();
});

/** A plain image, told from others by its width. */
const drawn = (width: number): Promise<Buffer> =>
  sharp({ create: { width, height: 16, channels: 3, background: 'white' } })
    .png()
    .toBuffer();

/** How often the server had no room. */
async function refusals(): Promise<number> {
  const metrics = await (await fetch(`${running.origin}/metrics`)).text();
  return Number(/^visiond_refusals_total\{.*OVERLOADED.*\} (\d+)$/m.exec(metrics)?.[1] ?? 0);
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

/** A client over fetch that counts. Requests beyond the first so many are held until they are canceled. */
function counting(passed = Infinity) {
  const counts = { inFlight: 0, most: 0, requests: 0, aborted: 0 };
  const counted: ImageClient = createFetchClient({
    endpoint: running.origin,
    timeoutMs: 300_000,
    maxContentBytes: 4096,
    async fetch(url, init) {
      counts.requests += 1;
      counts.inFlight += 1;
      counts.most = Math.max(counts.most, counts.inFlight);
      try {
        if (counts.requests > passed) {
          await new Promise((resolve) => init?.signal?.addEventListener('abort', resolve));
          counts.aborted += 1;
        }
        return await fetch(url, init);
      } finally {
        counts.inFlight -= 1;
      }
    },
  });
  return { client: counted, counts };
}

describe('analyzeMany', () => {
  it('ends hundreds of images without an error, in order, where the server has room for sixteen', async () => {
    const widths = Array.from({ length: 240 }, (_, index) => 16 + (index % 50));
    let taken = 0;
    let read = 0;
    let ahead = 0;
    async function* images() {
      for (const width of widths) {
        ahead = Math.max(ahead, ++taken - read);
        yield { width, image: await drawn(width) };
      }
    }
    const seen: (number | string | undefined)[][] = [];
    let last: Progress | undefined;
    const options = { concurrency: 3, onProgress: (progress: Progress) => (last = progress) };
    for await (const { item, index, result, error } of client.analyzeMany(images(), { text: ['en'] }, options)) {
      read += 1;
      seen.push([index, item.width, error?.message ?? result?.text.pages[0]?.width]);
    }
    expect(seen).toEqual(widths.map((width, index) => [index, width, width]));
    expect(last).toEqual({ done: 240, failed: 0 });
    expect(await refusals()).toBeGreaterThan(0);
    // Three requests, and one that is being filled.
    expect(ahead).toBeLessThanOrEqual(4 * 8 + 1);
  }, 300_000);

  it('fills requests, and has no more in flight than it may', async () => {
    const { client: counted, counts } = counting();
    const images = await Promise.all(Array.from({ length: 20 }, (_, index) => drawn(20 + index)));
    let last: Progress | undefined;
    const options = { concurrency: 2, onProgress: (progress: Progress) => (last = progress) };
    const found = await all(counted.analyzeMany(images, { text: ['en'] }, options));
    expect(found.map(({ result }) => result?.text.pages[0]?.width)).toEqual(images.map((_, index) => 20 + index));
    expect(last).toEqual({ done: 20, failed: 0 });
    expect([counts.requests, counts.most]).toEqual([3, 2]);
  });

  it('gives each image its own error, and sends none that is too large', async () => {
    const { client: counted, counts } = counting();
    const good = await drawn(30);
    const files = [good, Buffer.alloc(4097), Buffer.from('no image'), good];
    const found = await all(counted.analyzeMany(files, { text: ['en'] }));
    const reasons = found.map(({ error }) => (error instanceof VisionError ? error.reason : error));
    expect(reasons).toEqual([undefined, 'CONTENT_TOO_LARGE', 'NOT_AN_IMAGE', undefined]);
    expect(counts.requests).toBe(1);
    const large = await all(counted.analyzeMany([Buffer.alloc(4097)], { text: ['en'] }));
    expect([large[0]?.error?.message, counts.requests]).toEqual(['The image has 4097 bytes; the limit is 4096', 1]);
  });

  it('makes a call that failed the error of its images', async () => {
    const nobody = createFetchClient({ endpoint: 'http://127.0.0.1:1' });
    const found = await all(nobody.analyzeMany([await drawn(30), await drawn(31)], { text: ['en'] }));
    expect(found.map(({ index, error }) => [index, error?.codeName])).toEqual([
      [0, 'UNAVAILABLE'],
      [1, 'UNAVAILABLE'],
    ]);
  });

  it('ends with an AbortError, and cancels what is in flight', async () => {
    const { client: counted, counts } = counting();
    const controller = new AbortController();
    async function* images() {
      for (let width = 20; ; width++) yield drawn(width);
    }
    const reading = all(counted.analyzeMany(images(), { text: ['en'] }, { signal: controller.signal }));
    setTimeout(() => controller.abort(), 200);
    await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
    await expect.poll(() => counts.inFlight).toBe(0);
  });

  it('cancels what is in flight if nobody reads on', async () => {
    const { client: counted, counts } = counting(1);
    const images = await Promise.all(Array.from({ length: 24 }, (_, index) => drawn(20 + index)));
    for await (const { index } of counted.analyzeMany(images, { text: ['en'] }, { concurrency: 3 })) {
      expect(index).toBe(0);
      break;
    }
    await expect.poll(() => counts).toMatchObject({ requests: 3, aborted: 2 });
  });

  it('throws what the iteration over the images throws', async () => {
    async function* images() {
      yield await drawn(30);
      throw new Error('The disk is gone');
    }
    await expect(all(client.analyzeMany(images(), { text: ['en'] }))).rejects.toThrow('The disk is gone');
  });
});
