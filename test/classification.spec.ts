import { cp, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { classification, textDetection, type FeatureResult } from '../client/index.js';
import { repositoryRoot } from '../server/paths.js';
import { fixture } from './fixtures.js';
import { post, startTestServer, type TestServer } from './server.js';

let running: TestServer;
let models: string;

beforeAll(async () => {
  models = await mkdtemp(join(tmpdir(), 'visiond-models-'));
  running = await startTestServer({ 'models-dir': models });
});
afterAll(async () => {
  await running.close();
  await rm(models, { recursive: true });
});

/** Probabilities by name, in the order of the answer. */
function probabilities(result: FeatureResult | undefined): Record<string, number> {
  if (result?.feature?.$case !== 'classification') throw new Error(result?.error?.message ?? 'no classification');
  return Object.fromEntries(result.feature.value.properties.map(({ name, probability }) => [name, probability]));
}

async function classify(name: string, model: string): Promise<Record<string, number>> {
  const [result] = await running.client.analyze(fixture(name), [classification(model)]);
  return probabilities(result);
}

describe('moderation', () => {
  it('tells an image with text from one without, and takes neither for an adult one', async () => {
    const [withText, without] = [await classify('mixed.jpg', 'moderation'), await classify('black.png', 'moderation')];
    expect(Object.keys(withText)).toEqual(['adult', 'text']);
    expect(withText['text']).toBeGreaterThan(0.8);
    expect(without['text']).toBeLessThan(0.4);
    for (const { adult } of [withText, without]) expect(adult).toBeLessThan(0.5);
  });

  it('shares the work with text detection and answers both in order', async () => {
    const results = await running.client.analyze(fixture('english.png'), [
      classification('moderation'),
      textDetection({ languageCodes: ['en'] }),
      classification('moderation'),
    ]);
    expect(results.map(({ feature }) => feature?.$case)).toEqual(['classification', 'textDetection', 'classification']);
    expect(probabilities(results[0])).toEqual(probabilities(results[2]));
  });
});

describe('objects', () => {
  it('has all things of COCO, the likeliest first', async () => {
    const scores = Object.entries(await classify('stop-sign.jpg', 'objects'));
    expect(scores).toHaveLength(80);
    expect(scores.map(([, score]) => score)).toEqual(scores.map(([, score]) => score).toSorted((a, b) => b - a));
    expect(scores[0]?.[0]).toBe('stop sign');
    expect(scores[0]?.[1]).toBeGreaterThan(0.5);
  });
});

describe("the operator's models", () => {
  const example = join(repositoryRoot, 'examples/classifiers/brightness');

  it('are there as soon as their folder is, changed when it changes, and gone with it', async () => {
    await expect(classify('black.png', 'brightness')).rejects.toThrow('Unknown CLASSIFICATION model "brightness"');
    const folder = join(models, 'brightness');
    await cp(example, folder, { recursive: true });
    expect(await classify('black.png', 'brightness')).toMatchObject({ dark: expect.closeTo(0.98, 1) });
    expect(await classify('empty.png', 'brightness')).toMatchObject({ bright: expect.closeTo(0.98, 1) });
    await writeFile(join(folder, 'labels.txt'), 'night\nday\nsnow\n');
    expect(Object.keys(await classify('black.png', 'brightness'))).toEqual(['night', 'day', 'snow']);
    await rename(folder, join(models, 'light'));
    await expect(classify('black.png', 'brightness')).rejects.toThrow(/Known: .*moderation.*objects.*light$/);
    expect(Object.keys(await classify('black.png', 'light'))).toEqual(['night', 'day', 'snow']);
  });

  it.each<[string, (folder: string) => Promise<void>, string]>([
    ['without manifest', (folder) => rm(join(folder, 'manifest.json')), 'manifest.json is missing'],
    ['without model', (folder) => rm(join(folder, 'model.onnx')), 'model.onnx is missing'],
    [
      'with a label too many',
      (folder) => writeFile(join(folder, 'labels.txt'), 'a\nb\nc\nd'),
      'outputs 3 values, but labels.txt has 4 labels',
    ],
    ['that is no ONNX file', (folder) => writeFile(join(folder, 'model.onnx'), 'hello'), 'cannot be used: '],
    [
      'of another size',
      async (folder) => {
        const path = join(folder, 'manifest.json');
        await writeFile(path, (await readFile(path, 'utf8')).replace('64', '32'));
      },
      'cannot be used: ',
    ],
  ])('%s answer with what is wrong, and harm no other feature', async (name, spoil, sentence) => {
    const model = name.replaceAll(' ', '-');
    await cp(example, join(models, model), { recursive: true });
    await spoil(join(models, model));
    const [broken, good] = await running.client.analyze(fixture('black.png'), [
      classification(model),
      classification('moderation'),
    ]);
    expect(broken?.error).toMatchObject({ code: 9, message: expect.stringContaining(sentence) });
    expect(broken?.error?.message).toContain(`Model ${model} cannot be used`);
    expect(good?.feature?.$case).toBe('classification');
  });

  it.each(['..', '../brightness', '.hidden', 'a/b', ''])('are no way to other folders: "%s"', async (model) => {
    await expect(classify('black.png', model)).rejects.toThrow('Unknown CLASSIFICATION model');
  });
});

describe('errors', () => {
  it('are of the feature, over both protocols', async () => {
    const content = fixture('black.png').toString('base64');
    const features = [{ type: 'CLASSIFICATION' }, { type: 'CLASSIFICATION', classificationConfig: { model: 'mood' } }];
    const { status, json } = await post(running.origin, { analyzeSpecs: [{ content, features }] });
    expect(status).toBe(200);
    expect(json).toMatchObject({
      results: [
        {
          results: [
            { error: { code: 3, message: 'Incorrect feature configuration: classification_config is required' } },
            { error: { code: 3, message: expect.stringMatching(/Unknown CLASSIFICATION model "mood". Known: /) } },
          ],
        },
      ],
    });
  });
});
