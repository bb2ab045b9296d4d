import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { textDetection } from '../client/index.js';
import { drawSample, languageSamples } from '../datasets/languages/draw-language.js';
import { pullModel } from '../server/cli/setup/pull-model.js';
import { readConfig } from '../server/config.js';
import { createInferencePool } from '../server/engine.js';
import { analyzeText } from '../server/features/text-detection/analyze-text.js';
import { lineFinderOf } from '../server/features/text-detection/find/line-finder.js';
import { findDetector, pulledDetectorOf } from '../server/features/text-detection/find/pulled-detector.js';
import { plainText, plainTextOf } from '../server/features/text-detection/plain-text.js';
import { preferPulled } from '../server/features/text-detection/read/pulled-data.js';
import { createTesseractDataFinder } from '../server/features/text-detection/read/tesseract-data.js';
import { decodeImage } from '../server/image/decode-image.js';
import type { Image } from '../server/image/image.js';
import { modelFiles, readModel } from '../server/inference/model-files.js';
import { writeOnnx } from '../server/inference/onnx/onnx-writer.js';
import { createPulledModelFinder, pulledModels, type PulledModel } from '../server/inference/pulled-models.js';
import { silentLog } from '../server/telemetry/log.js';
import { englishLines, fixture } from './fixtures.js';
import { startTestServer } from './server.js';

const folder = mkdtempSync(join(tmpdir(), 'visiond-text-models-'));
const models = join(folder, 'models');
const files = new Map<string, Uint8Array>();
const config = readConfig({ 'data-dir': folder, workers: '1' }, {});
const pool = createInferencePool(config, silentLog);
const never = new AbortController().signal;
let publisher: Server;

beforeAll(async () => {
  publisher = createServer((request, response) => response.end(files.get(request.url ?? ''))).listen(0, '127.0.0.1');
  await new Promise((resolve) => publisher.once('listening', resolve));
});
afterAll(async () => {
  publisher.close();
  await pool.close();
  rmSync(folder, { recursive: true });
});

/** Publishes a file as a model and pulls it. */
async function pull(like: PulledModel, file: Uint8Array): Promise<PulledModel> {
  const address = publisher.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  files.set(`/${like.fileName}`, file);
  const sha256 = createHash('sha256').update(file).digest('hex');
  const model = { ...like, sha256, url: `http://127.0.0.1:${port}/${like.fileName}` };
  expect(await pullModel(model, models)).toMatchObject({ found: true });
  return model;
}

const finderOf = (model: PulledModel): (() => Promise<string | undefined>) =>
  createPulledModelFinder(model, models, (problem) => expect(problem).toBeUndefined());

async function read(image: Image, code: string, recognizers: ReadonlyMap<string, PulledModel>): Promise<string[]> {
  const data = preferPulled(createTesseractDataFinder(folder, []), finderOf, recognizers);
  const dependencies = { pool, findLines: lineFinderOf(pool), data, polygons: 'upright' } as const;
  const settings = { languageCodes: [code], model: 'page' };
  const lines = plainText(await analyzeText(dependencies, image, settings, never)).split('\n');
  return lines.filter((line) => line !== '');
}

describe('a pulled recognizer', () => {
  const lines = ['他们赋有理性和良心，并应以兄弟关系的精神', '人人有资格享有本宣言所载的'];
  /** Greek letters in place of Chinese, to tell it from the packaged recognizer. */
  const greek = (text: string): string =>
    text.replaceAll(/[^ -~\n]/gu, (character) => String.fromCodePoint(0x3b1 + (character.codePointAt(0)! % 17)));

  /** The recognizer of PP-OCRv4 with the characters in its file, as those of PP-OCRv5 have them. */
  async function recognizer(): Promise<Uint8Array> {
    const list = (await readModel(modelFiles.chineseRecognizerCharacters)).toString().replace(/\n$/, '');
    const entry = new BinaryWriter().tag(1, WireType.LengthDelimited).string('character');
    entry.tag(2, WireType.LengthDelimited).string(greek(list));
    const metadata = new BinaryWriter().tag(14, WireType.LengthDelimited).bytes(entry.finish());
    return Buffer.concat([await readModel(modelFiles.chineseRecognizer), metadata.finish()]);
  }

  it('reads a language in the place of Tesseract, with the characters that its file has', async () => {
    const sample = languageSamples().find(({ language }) => language.code === 'zh')!;
    const image = await decodeImage(
      await drawSample({ ...sample, lines })
        .png()
        .toBuffer(),
      1e8,
    );
    await expect(read(image, 'el', new Map())).rejects.toMatchObject({ reason: 'LANGUAGE_NOT_INSTALLED' });
    const model = await pull(pulledModels.greekRecognizer, await recognizer());
    expect(await read(image, 'el', new Map([['ell', model]]))).toEqual(lines.map(greek));
  });

  it('needs characters for all of its classes', async () => {
    const image = await decodeImage(fixture('english.png'), 1e8);
    const bare = await pull(
      { ...pulledModels.thaiRecognizer, fileName: 'bare.onnx' },
      await readModel(modelFiles.chineseRecognizer),
    );
    await expect(read(image, 'th', new Map([['tha', bare]]))).rejects.toThrow('has no list of characters');
  });
});

describe('a pulled detector', () => {
  /** Sees text nowhere. */
  const blind = writeOnnx({
    nodes: [{ type: 'Conv', inputs: ['x', 'weights'], output: 'map', attributes: { kernel_shape: [1, 1] } }],
    constants: new Map([['weights', { shape: [1, 3, 1, 1], data: new Float32Array(3) }]]),
    inputs: [{ name: 'x', shape: [-1, 3, -1, -1] }],
    outputs: [{ name: 'map', shape: [-1, 1, -1, -1] }],
  });

  it('is used while its file is there, and the first of several', async () => {
    // An image is looked at once.
    const seen = async (): Promise<string[]> => read(await decodeImage(fixture('english.png'), 1e8), 'en', new Map());
    const like = pulledModels.smallTextDetector;
    const first = await pull(like, blind);
    const second = await pull({ ...like, fileName: 'second.onnx' }, await readModel(modelFiles.textDetector));
    pulledDetectorOf(pool).find = findDetector(finderOf, [first, second]);
    expect(await seen()).toEqual([]);
    rmSync(join(models, first.fileName));
    expect(await seen()).toEqual(englishLines);
    rmSync(join(models, second.fileName));
    expect(await seen()).toEqual(englishLines);
  });
});

describe('a server', () => {
  it('goes on without a damaged model, and says so', async () => {
    mkdirSync(join(folder, 'damaged/models'), { recursive: true });
    const { fileName } = pulledModels.tinyTextDetector;
    writeFileSync(join(folder, 'damaged/models', fileName), 'half a model');
    const server = await startTestServer({ 'data-dir': join(folder, 'damaged'), workers: '1' });
    try {
      const [result] = await server.client.analyze(fixture('english.png'), [textDetection({ languageCodes: ['en'] })]);
      expect(plainTextOf(result).trim().split(/\n+/)).toEqual(englishLines);
      const readiness: unknown = await (await fetch(`${server.origin}/readyz`)).json();
      expect(readiness).toEqual({
        status: 'ready',
        warnings: [expect.stringContaining('cannot be read: text-detector-tiny. Text is read without them')],
      });
    } finally {
      await server.close();
    }
  });
});
