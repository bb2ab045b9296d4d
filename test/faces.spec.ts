import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faceDetection, textDetection, type FeatureResult, type Polygon } from '../client/index.js';
import { pulledModels } from '../server/inference/pulled-models.js';
import { faces as drawn, fixture } from './fixtures.js';
import { post, startTestServer, type TestServer } from './server.js';

const folder = mkdtempSync(join(tmpdir(), 'visiond-models-'));
let running: TestServer;

beforeAll(async () => {
  running = await startTestServer({ workers: '1', 'models-dir': join(folder, 'models') });
});
afterAll(() => running.close());

function boxesOf(result: FeatureResult | undefined): Polygon[] {
  if (result?.feature?.$case !== 'faceDetection') throw new Error(result?.error?.message ?? 'no faces');
  return result.feature.value.faces.map(({ boundingBox }) => boundingBox ?? { vertices: [] });
}

describe('FACE_DETECTION', () => {
  it('finds drawn faces, the largest first, as polygons counterclockwise from the top left', async () => {
    const [result] = await running.client.analyze(fixture('faces.png'), [faceDetection()]);
    const boxes = boxesOf(result);
    expect(boxes).toHaveLength(drawn.length);
    for (const [index, { vertices }] of boxes.entries()) {
      const [topLeft, bottomLeft, bottomRight, topRight, ...others] = vertices.map(({ x, y }) => ({
        x: Number(x),
        y: Number(y),
      }));
      if (!topLeft || !bottomLeft || !bottomRight || !topRight) throw new Error('not four vertices');
      expect(others).toEqual([]);
      expect([topLeft.x, topLeft.y]).toEqual([bottomLeft.x, topRight.y]);
      expect([bottomRight.x, bottomRight.y]).toEqual([topRight.x, bottomLeft.y]);
      // Where the faces were drawn, up to a fifth of their size.
      const { x, y, size } = drawn[index]!;
      expect(Math.abs((topLeft.x + bottomRight.x) / 2 - x)).toBeLessThan(20 * size);
      expect(Math.abs((topLeft.y + bottomRight.y) / 2 - y)).toBeLessThan(26 * size);
      expect(Math.abs(bottomRight.x - topLeft.x - 100 * size)).toBeLessThan(20 * size);
    }
  });

  it('has an empty annotation where there is no face, over both protocols', async () => {
    const [result] = await running.client.analyze(fixture('empty.png'), [faceDetection()]);
    expect(boxesOf(result)).toEqual([]);
    const { json } = await post(running.origin, {
      analyzeSpecs: [{ content: fixture('empty.png').toString('base64'), features: [{ type: 'FACE_DETECTION' }] }],
    });
    expect(json).toEqual({ results: [{ results: [{ faceDetection: {} }] }] });
  });

  it('goes with other features, in their order', async () => {
    const results = await running.client.analyze(fixture('english.png'), [
      faceDetection(),
      textDetection({ languageCodes: ['en'] }),
    ]);
    expect(results.map(({ feature }) => feature?.$case)).toEqual(['faceDetection', 'textDetection']);
    expect(boxesOf(results[0])).toEqual([]);
  });

  it('works at any size of image', async () => {
    for (const name of ['large.jpg', 'line-english.png', 'transparent.png']) {
      const [result] = await running.client.analyze(fixture(name), [faceDetection()]);
      expect(boxesOf(result)).toEqual([]);
    }
  });

  it('looks for YuNet while it runs, and goes on with the packaged models where another file is in its place', async () => {
    const find = async (): Promise<Polygon[]> =>
      boxesOf((await running.client.analyze(fixture('faces.png'), [faceDetection()]))[0]);
    const readyz = async (): Promise<unknown> => {
      const response = await fetch(`${running.origin}/readyz`);
      return [response.status, await response.json()];
    };
    const before = await find();
    const file = join(folder, 'models', pulledModels.yuNet.fileName);
    mkdirSync(join(folder, 'models'));
    writeFileSync(file, 'not a model');
    expect(await find()).toEqual(before);
    expect(await readyz()).toEqual([
      200,
      {
        status: 'ready',
        warnings: [expect.stringMatching(/^The YuNet model file is damaged or cannot be read/)],
      },
    ]);
    rmSync(file);
    expect(await find()).toEqual(before);
    expect(await readyz()).toEqual([200, { status: 'ready' }]);
  });
});
