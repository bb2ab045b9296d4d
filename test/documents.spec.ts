import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { textDetection, type Page } from '../client/index.js';
import { drawnDocuments } from '../datasets/drawn/draw-documents.js';
import { documentFixture, documentWays, fixture } from './fixtures.js';
import { startTestServer, type TestServer } from './server.js';

let running: TestServer;

beforeAll(async () => {
  running = await startTestServer();
});
afterAll(() => running.close());

async function read(name: string, model: string): Promise<Page> {
  const [result] = await running.client.analyze(fixture(name), [textDetection({ languageCodes: ['ru', 'en'], model })]);
  expect(result?.error).toBeUndefined();
  const page = result?.feature?.$case === 'textDetection' ? result.feature.value.pages[0] : undefined;
  if (page === undefined) throw new Error('no page');
  return page;
}

function fieldsOf({ entities }: Page): Record<string, string> {
  return Object.fromEntries(entities.map(({ name, text }) => [name, text]));
}

const poorWays = Object.keys(documentWays).filter((way) => way !== 'as it is');

describe('templates', () => {
  it.each(drawnDocuments)('$model, $name', async (document) => {
    const page = await read(documentFixture(document, 'as it is'), document.model);
    expect(fieldsOf(page)).toEqual(document.fields);
    // Every field is a block of one word, which points to it.
    expect(
      page.blocks.map(({ lines }) =>
        lines.map(({ words }) => words.map(({ text, entityIndex }) => [text, entityIndex])),
      ),
    ).toEqual(page.entities.map(({ text }, index) => [[[text, BigInt(index)]]]));
  });

  it.each(poorWays)('find nearly all fields when a document is %s, and invent few', async (way) => {
    const fields = await Promise.all(
      drawnDocuments.map(async (document) => {
        const found = fieldsOf(await read(documentFixture(document, way), document.model));
        return Object.entries(document.fields).map(([name, text]) =>
          found[name] === text ? undefined : `${document.model} ${name}: ${found[name]}`,
        );
      }),
    );
    const wrong = fields.flat().filter((field) => field !== undefined);
    const mayFail = Math.floor(0.06 * fields.flat().length);
    expect(wrong.slice(mayFail)).toEqual([]);
  });

  it('find nothing where there is no document', async () => {
    const page = await read('russian.png', 'passport');
    expect({ blocks: page.blocks, entities: page.entities }).toEqual({ blocks: [], entities: [] });
  });
});

describe('license-plates', () => {
  it('are words of their own, in Latin letters, and no entities', async () => {
    const page = await read('plates.png', 'license-plates');
    const words = page.blocks.flatMap(({ lines }) => lines.flatMap((line) => line.words));
    expect(words.map(({ text, entityIndex }) => [text, entityIndex])).toEqual([
      ['A123BC777', -1n],
      ['K456MH99', -1n],
    ]);
    expect(page.entities).toEqual([]);
  });
});
