import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { textDetection } from '../client/index.js';
import { drawSample, languageSamples, type LanguageSample } from '../datasets/languages/draw-language.js';
import { scoreSample } from '../datasets/languages/language-score.js';
import { installTesseractLanguages } from '../datasets/languages/tesseract-languages.js';
import { plainTextOf } from '../server/features/text-detection/plain-text.js';
import { startTestServer, type TestServer } from './server.js';

/** Highest character error rate of a text, lowest word recall where all lines have spaces, and letters in its script. */
const bounds = { cer: 0.015, wordRecall: 0.9, inScript: 0.99 };
/** Of the languages that are read worse: accents in two stories, and a Chinese font for headlines. */
const looserBounds: Readonly<Record<string, number>> = {
  'vi in DejaVu Sans': 0.04,
  'vi in Tinos': 0.03,
  'zh in ZCOOL XiaoWei': 0.05,
  'zh in ZCOOL QingKe HuangYou': 0.08,
};

const dataFolder = mkdtempSync(join(tmpdir(), 'visiond-languages-'));
let running: TestServer;

beforeAll(async () => {
  installTesseractLanguages(dataFolder);
  running = await startTestServer({ 'data-dir': dataFolder });
});
afterAll(async () => {
  await running.close();
  rmSync(dataFolder, { recursive: true });
});

async function read(sample: LanguageSample, image = drawSample(sample)): Promise<string> {
  const [result] = await running.client.analyze(await image.png().toBuffer(), [
    textDetection({ languageCodes: [sample.language.code], model: 'page' }),
  ]);
  expect(result?.error).toBeUndefined();
  return plainTextOf(result);
}

function nameOf({ language, font }: LanguageSample): string {
  return `${language.code} in ${font.family}`;
}

describe('every language of the API', () => {
  it.each(languageSamples().map((sample) => [nameOf(sample), sample] as const))('%s', async (name, sample) => {
    const text = await read(sample);
    const score = scoreSample(sample, text);
    const hasWords = sample.lines.every((line) => line.includes(' ')) && !(name in looserBounds);
    const passed = {
      cer: score.cer <= (looserBounds[name] ?? bounds.cer),
      wordRecall: score.wordRecall >= (hasWords ? bounds.wordRecall : 0),
      inScript: score.inScript >= bounds.inScript,
    };
    expect({ ...score, text, passed }).toMatchObject({ passed: { cer: true, wordRecall: true, inScript: true } });
  });
});

describe('the direction of a page', () => {
  it.each(['he', 'hy', 'th', 'ko'])('is found in %s', async (code) => {
    const sample = languageSamples().find(({ language }) => language.code === code)!;
    // Two lines vote less clearly than four.
    const short = { ...sample, lines: sample.lines.slice(0, 2) };
    const text = await read(short, drawSample(short).rotate(180));
    const { cer } = scoreSample(short, text);
    expect({ cer, text, passed: cer <= 0.03 }).toMatchObject({ passed: true });
  });
});
