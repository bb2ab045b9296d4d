import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { textDetection, type Page } from '../client/index.js';
import { plainTextOf } from '../server/features/text-detection/plain-text.js';
import {
  armenianLines,
  contactLines,
  englishLines,
  fixture,
  hebrewLines,
  mixedLines,
  russianLines,
} from './fixtures.js';
import { startTestServer, type TestServer } from './server.js';

let running: TestServer;

beforeAll(async () => {
  running = await startTestServer();
});
afterAll(() => running.close());

async function pageOf(name: string, languageCodes: string[], model = 'page'): Promise<{ page: Page; lines: string[] }> {
  const [result] = await running.client.analyze(fixture(name), [textDetection({ languageCodes, model })]);
  expect(result?.error).toBeUndefined();
  const page = result?.feature?.$case === 'textDetection' ? result.feature.value.pages[0] : undefined;
  if (page === undefined) throw new Error('no page');
  return {
    page,
    lines: plainTextOf(result)
      .split('\n')
      .filter((line) => line !== ''),
  };
}

function wordsOf({ blocks }: Page): Page['blocks'][number]['lines'][number]['words'] {
  return blocks.flatMap(({ lines }) => lines.flatMap(({ words }) => words));
}

describe('languages', () => {
  it.each([
    ['hebrew.png', 'he', hebrewLines],
    ['armenian.png', 'hy', armenianLines],
    ['armenian-upside-down.png', 'hy', armenianLines],
    ['english.png', 'he', englishLines],
  ])('the direction of a page is known to who reads its script: %s with %s', async (name, code, lines) => {
    expect((await pageOf(name, [code])).lines).toEqual(lines);
  });

  it.each([
    ['english.png', ['ru'], englishLines],
    ['mixed.jpg', ['ru'], mixedLines],
    ['russian.png', ['en'], russianLines],
    // Two models of the original in one config: it reads what one of them knows, and answers no error.
    ['mixed.jpg', ['zh', 'ru', 'en'], mixedLines],
  ])('English and Russian are known beside any other: %s with %j', async (name, codes, lines) => {
    expect((await pageOf(name, codes)).lines).toEqual(lines);
  });

  it('are told word by word', async () => {
    const { page } = await pageOf('mixed.jpg', ['ru', 'en']);
    for (const { text, languages } of wordsOf(page)) {
      expect([text, languages.map(({ languageCode }) => languageCode)]).toEqual([
        text,
        [/[а-я]/i.test(text) ? 'ru' : 'en'],
      ]);
    }
  });
});

describe('entities', () => {
  it('are found on a page, and their words point to them', async () => {
    const { page, lines } = await pageOf('contacts.png', ['ru', 'en']);
    expect(lines).toEqual(contactLines);
    expect(page.entities).toEqual([
      { name: 'phone', text: '+7 (495) 984-4100,' },
      { name: 'email', text: 'mail@fluid-line.ru' },
      { name: 'url', text: 'www.fluid-line.ru/price' },
    ]);
    const words = wordsOf(page);
    expect(
      words.filter(({ entityIndex }) => entityIndex !== -1n).map(({ text, entityIndex }) => [text, entityIndex]),
    ).toEqual(page.entities.map(({ text }, index) => [text, BigInt(index)]));
    expect(words.map(({ text }) => text).slice(0, 4)).toEqual(['Звоните', '+7 (495) 984-4100,', 'до', '18:00']);
  });
});

describe('polygons', () => {
  it('run along the text where that is asked for, from where it begins', async () => {
    const turned = await startTestServer({ polygons: 'rotated' });
    try {
      const [result] = await turned.client.analyze(fixture('russian-photo.jpg'), [
        textDetection({ languageCodes: ['ru'], model: 'page' }),
      ]);
      const page = result?.feature?.$case === 'textDetection' ? result.feature.value.pages[0] : undefined;
      const lines = page?.blocks.flatMap((block) => block.lines) ?? [];
      expect(lines.length).toBe(russianLines.length);
      const blocks = page?.blocks.map(({ boundingBox }) => ({ boundingBox, words: [] })) ?? [];
      for (const { boundingBox, words } of [...lines, ...blocks]) {
        const [topLeft, bottomLeft, bottomRight, topRight] = boundingBox!.vertices.map(({ x, y }) => ({
          x: Number(x),
          y: Number(y),
        }));
        const degrees = (Math.atan2(topRight!.y - topLeft!.y, topRight!.x - topLeft!.x) * 180) / Math.PI;
        expect(Math.abs(degrees - 3)).toBeLessThan(1);
        // The page is turned clockwise, so the left side leans to the left on its way down.
        expect(bottomLeft!.x).toBeLessThan(topLeft!.x);
        expect(bottomRight!.y).toBeGreaterThan(topRight!.y);
        for (const word of words) {
          expect(Number(word.boundingBox!.vertices[0]!.x)).toBeGreaterThanOrEqual(topLeft!.x - 1);
        }
      }
    } finally {
      await turned.close();
    }
  });
});
