import { afterEach, describe, expect, it } from 'vitest';
import { fixture } from './fixtures.js';
import { serve, type Served } from './serve.js';
import { post } from './server.js';

let served: Served | undefined;
afterEach(() => served?.close());

async function start(...flags: string[]): Promise<Served> {
  // Calls wait for each other.
  served = await serve(['--max-wait', '600', ...flags]);
  return served;
}

const features = [{ type: 'TEXT_DETECTION', textDetectionConfig: { languageCodes: ['en'] } }];

/** Starts a call that takes seconds. @returns its HTTP status, 0 if it was cut, once it is in the hands of the server */
async function longCall({ origin }: Served, images: number): Promise<{ readonly status: Promise<number> }> {
  const body = { analyzeSpecs: Array(images).fill({ content: fixture('large.jpg').toString('base64'), features }) };
  const status = post(origin, body).then(
    (answer) => answer.status,
    () => 0,
  );
  await new Promise((resolve) => setTimeout(resolve, 500));
  return { status };
}

describe('visiond serve', () => {
  it('finishes its calls on SIGTERM, and exits with code 0', async () => {
    const server = await start();
    const { status } = await longCall(server, 1);
    server.child.kill('SIGTERM');
    expect([await status, await server.exit]).toEqual([200, 0]);
    expect(server.output().stdout).toMatch(/Finishing running calls \.\.\. Another signal cuts them\.\nStopped\.\n$/);
  });

  it('exits with code 1 and the count when calls take too long', async () => {
    const server = await start('--shutdown-seconds', '1');
    const calls = [await longCall(server, 8), await longCall(server, 8)];
    server.child.kill('SIGINT');
    expect([await Promise.all(calls.map(({ status }) => status)), await server.exit]).toEqual([[0, 0], 1]);
    expect(server.output().stderr).toMatch(
      /\n2 running calls were cut after 1 s\. --shutdown-seconds gives them more time\.\n$/,
    );
  });

  it('serves for --shutdown-delay, and stops at once on a second signal, whichever it is', async () => {
    const server = await start('--shutdown-delay', '600');
    const { status } = await longCall(server, 8);
    server.child.kill('SIGTERM');
    await expect.poll(async () => (await fetch(`${server.origin}/readyz`)).status).toBe(503);
    expect(server.output().stdout).toContain('Serving for 600 s more, so that balancers notice.');
    const started = performance.now();
    server.child.kill('SIGINT');
    expect([await status, await server.exit]).toEqual([0, 1]);
    expect(performance.now() - started).toBeLessThan(5000);
    expect(server.output().stderr).toMatch(/\n1 running call was cut by a second signal\.\n$/);
  });
});
