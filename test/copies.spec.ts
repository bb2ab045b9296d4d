import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  AddOutcome,
  createIndexClient,
  imageCopySearch,
  MatchEvidence_Kind as Kind,
  textDetection,
  VisionCallError,
  type FeatureResult,
  type ImageCopySearchAnnotation,
  type IndexClient,
} from '../client/index.js';
import { drawPicture } from '../datasets/drawn/draw-picture.js';
import { post, startTestServer, type TestServer } from './server.js';

const dataFolder = mkdtempSync(join(tmpdir(), 'visiond-copies-'));
const pictures = 12;
let running: TestServer;
let corpus: IndexClient;
let originals: Buffer[];

const jpeg = (seed: number): Promise<Buffer> => drawPicture(seed).jpeg({ quality: 90 }).toBuffer();
const flat = (color: string, width: number): Promise<Buffer> =>
  sharp({ create: { width, height: 200, channels: 3, background: color } })
    .png()
    .toBuffer();

beforeAll(async () => {
  running = await startTestServer({ 'data-dir': dataFolder });
  corpus = createIndexClient({ endpoint: running.endpoint, folderId: 'shop' });
  originals = await Promise.all(Array.from({ length: pictures }, (_, index) => jpeg(index + 1)));
  const results = await corpus.addAll(
    originals.map((content, index) => ({
      content,
      id: `picture-${index}`,
      imageUrl: `https://example.org/${index}.jpg`,
      pageUrl: `https://example.org/page-${index}`,
      title: `Picture ${index}`,
      description: 'drawn',
    })),
  );
  if (results.some(({ outcome }) => outcome !== AddOutcome.ADD_OUTCOME_ADDED)) throw new Error(JSON.stringify(results));
}, 120_000);
afterAll(async () => {
  corpus.close();
  await running.close();
  rmSync(dataFolder, { recursive: true });
});

function annotation(result: FeatureResult | undefined): ImageCopySearchAnnotation {
  expect(result?.error).toBeUndefined();
  if (result?.feature?.$case !== 'imageCopySearch') throw new Error('no copies');
  return result.feature.value;
}

async function analyze(source: Buffer | string, folderId = 'shop'): Promise<ImageCopySearchAnnotation> {
  const spec =
    typeof source === 'string'
      ? ({ $case: 'signature', value: source } as const)
      : ({ $case: 'content', value: source } as const);
  const { results } = await running.client.batchAnalyze({
    analyzeSpecs: [{ source: spec, features: [imageCopySearch()], mimeType: '' }],
    folderId,
  });
  expect(results[0]?.error).toBeUndefined();
  return annotation(results[0]?.results[0]);
}

const copies: Record<string, (original: Buffer) => Promise<Buffer>> = {
  recompressed: (original) => sharp(original).jpeg({ quality: 10 }).toBuffer(),
  shrunken: (original) => sharp(original).resize(160).png().toBuffer(),
  mirrored: (original) => sharp(original).flop().jpeg().toBuffer(),
  'a quarter turn': (original) => sharp(original).rotate(90).jpeg().toBuffer(),
  'turned by 20 degrees': (original) => sharp(original).rotate(20).jpeg().toBuffer(),
  cropped: (original) => sharp(original).extract({ left: 100, top: 60, width: 400, height: 300 }).jpeg().toBuffer(),
  'gray and bright': (original) => sharp(original).grayscale().modulate({ brightness: 1.3 }).jpeg().toBuffer(),
  'with a border': (original) =>
    sharp(original).extend({ top: 100, bottom: 40, left: 80, right: 80, background: 'white' }).jpeg().toBuffer(),
  'mirrored, cropped and turned': async (original) =>
    sharp(await sharp(original).flop().extract({ left: 60, top: 40, width: 500, height: 400 }).toBuffer())
      .rotate(8)
      .jpeg()
      .toBuffer(),
};

describe('IMAGE_COPY_SEARCH', () => {
  it.each(Object.keys(copies))('finds a copy that is %s', async (name) => {
    const { copyCount, topResults } = await analyze(await copies[name]!(originals[3]!));
    expect(copyCount).toBe(1n);
    expect(topResults).toEqual([
      {
        imageUrl: 'https://example.org/3.jpg',
        pageUrl: 'https://example.org/page-3',
        title: 'Picture 3',
        description: 'drawn',
      },
    ]);
  });

  it('finds nothing where there is nothing: another picture, another folder', async () => {
    expect(await analyze(await jpeg(1000))).toEqual({ copyCount: 0n, topResults: [] });
    expect(await analyze(originals[3]!, 'other')).toEqual({ copyCount: 0n, topResults: [] });
    expect(await analyze(originals[3]!, '')).toEqual({ copyCount: 0n, topResults: [] });
  });

  it('answers REST in the JSON of the original', async () => {
    const { json } = await post(running.origin, {
      folderId: 'shop',
      analyzeSpecs: [{ content: originals[0]!.toString('base64'), features: [{ type: 'IMAGE_COPY_SEARCH' }] }],
    });
    expect(json).toEqual({
      results: [
        {
          results: [
            { imageCopySearch: { copyCount: '1', topResults: [expect.objectContaining({ title: 'Picture 0' })] } },
          ],
        },
      ],
    });
  });

  it('takes a flat image for a copy of the same bytes alone', async () => {
    const [white, wider, almost] = await Promise.all([flat('#fff', 300), flat('#fff', 400), flat('#fefefe', 300)]);
    const flatCorpus = createIndexClient({ endpoint: running.endpoint, folderId: 'flat' });
    await flatCorpus.add({ content: white, id: 'white' });
    expect((await analyze(white, 'flat')).copyCount).toBe(1n);
    expect((await analyze(wider, 'flat')).copyCount).toBe(0n);
    expect((await analyze(almost, 'flat')).copyCount).toBe(0n);
    flatCorpus.close();
  });

  it('lists the best copies first and counts those that it does not list', async () => {
    const family = createIndexClient({ endpoint: running.endpoint, folderId: 'family' });
    const versions = await Promise.all(
      Array.from({ length: 14 }, (_, index) =>
        sharp(originals[5])
          .jpeg({ quality: 20 + 5 * index })
          .toBuffer(),
      ),
    );
    await family.addAll(
      [originals[5]!, ...versions].map((content, index) => ({ content, id: String(index), title: String(index) })),
    );
    const { copyCount, topResults } = await analyze(originals[5]!, 'family');
    expect(copyCount).toBe(15n);
    expect(topResults).toHaveLength(10);
    expect(topResults[0]?.title).toBe('0');
    family.close();
  });
});

describe('a signature', () => {
  it('finds what the image finds, and nothing else does', async () => {
    const cropped = await copies['cropped']!(originals[7]!);
    const signature = await corpus.signature(cropped);
    expect(signature.length).toBeLessThanOrEqual(16_384);
    expect(signature).toMatch(/^[\w-]+$/);
    expect(await analyze(signature)).toEqual(await analyze(cropped));
    expect((await corpus.search(signature)).copies[0]?.image?.id).toBe('picture-7');
    expect((await analyze(await corpus.signature(await jpeg(1001)))).copyCount).toBe(0n);
  });

  it('is not enough for other features', async () => {
    const source = { $case: 'signature', value: await corpus.signature(originals[0]!) } as const;
    const { results } = await running.client.batchAnalyze({
      analyzeSpecs: [{ source, features: [textDetection(), imageCopySearch()], mimeType: '' }],
      folderId: 'shop',
    });
    expect(results[0]?.results[0]?.error?.message).toBe('TEXT_DETECTION requires content; a signature is not enough');
    expect(annotation(results[0]?.results[1]).copyCount).toBe(1n);
  });

  it.each([
    ['foreign', () => 'AAAAAAAAAAAAAAAA', 'it is not a signature of visiond'],
    ['empty', () => '', 'it is not URL-safe base64'],
    [
      'damaged',
      (signature: string) => signature.slice(0, 500) + (signature[500] === 'A' ? 'B' : 'A') + signature.slice(501),
      'it is damaged',
    ],
    ['cut off', (signature: string) => signature.slice(0, 4000), 'it is damaged'],
  ])('that is %s is an error of the file', async (_name, spoil, problem) => {
    const value = spoil(await corpus.signature(originals[0]!));
    const features = [imageCopySearch()];
    const { results } = await running.client.batchAnalyze({
      analyzeSpecs: [
        { source: { $case: 'signature', value }, features, mimeType: '' },
        { source: { $case: 'content', value: originals[0]! }, features, mimeType: '' },
      ],
      folderId: 'shop',
    });
    expect([results[0]?.error?.code, results[0]?.error?.message]).toEqual([3, `Cannot read the signature: ${problem}`]);
    expect(annotation(results[1]?.results[0]).copyCount).toBe(1n);
  });
});

describe('the corpus', () => {
  it('says why it takes an image for a copy', async () => {
    const [same, whole, part] = await Promise.all(
      [
        originals[2]!,
        await copies['recompressed']!(originals[2]!),
        await copies['mirrored, cropped and turned']!(originals[2]!),
      ].map((image) => corpus.search(image)),
    );
    expect(same?.copies[0]).toMatchObject({ confidence: 1, evidence: { kind: Kind.KIND_SAME_FILE, hashDistance: 0 } });
    expect(whole?.copies[0]?.evidence?.hashDistance).toBeLessThan(40);
    const evidence = part?.copies[0]?.evidence;
    expect(evidence).toMatchObject({ kind: Kind.KIND_LOCAL_FEATURES, mirrored: true });
    expect(evidence?.agreeingFeatures).toBeGreaterThan(10);
    // Turned by 8 degrees clockwise after it was mirrored.
    expect(Math.abs(Math.abs(evidence?.rotation ?? 0) - 8)).toBeLessThan(4);
  });

  it('gives back what it was given, page by page', async () => {
    expect(await corpus.get('picture-4')).toMatchObject({
      id: 'picture-4',
      imageUrl: 'https://example.org/4.jpg',
      title: 'Picture 4',
      createTime: expect.any(Date),
    });
    const ids: string[] = [];
    let pageToken = '';
    do {
      const page = await corpus.list({ pageSize: 5, pageToken });
      ids.push(...page.images.map(({ id }) => id));
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
    expect(ids.toSorted()).toEqual(originals.map((_, index) => `picture-${index}`).toSorted());
    expect(await corpus.stats()).toMatchObject({
      imageCount: BigInt(pictures),
      outdatedCount: 0n,
      descriptorVersion: 2,
    });
  });

  it('adds nothing twice, by id or by address, and forgets what is deleted', async () => {
    const own = createIndexClient({ endpoint: running.endpoint, folderId: 'own' });
    const [content, other] = [originals[0]!, originals[1]!];
    const address = { imageUrl: 'https://example.org/a.png' };
    const first = await own.add({ content, ...address });
    expect(first.outcome).toBe(AddOutcome.ADD_OUTCOME_ADDED);
    const again = await own.add({ content, ...address });
    expect([again.outcome, again.image?.id]).toEqual([AddOutcome.ADD_OUTCOME_UNCHANGED, first.image?.id]);
    expect((await own.add({ content: other, ...address })).outcome).toBe(AddOutcome.ADD_OUTCOME_REPLACED);
    expect((await own.search(content)).copyCount).toBe(0n);
    expect((await own.search(other)).copyCount).toBe(1n);
    expect(await own.delete(first.image?.id ?? '')).toBe(true);
    expect(await own.delete(first.image?.id ?? '')).toBe(false);
    expect((await own.search(other)).copyCount).toBe(0n);
    expect(await own.get(first.image?.id ?? '')).toBeUndefined();
    expect(await own.compact()).toBeGreaterThan(0n);
    own.close();
  });

  it('can be found at once in another server on the same data', async () => {
    const second = await startTestServer({ 'data-dir': dataFolder, workers: '1' });
    const there = createIndexClient({ endpoint: second.endpoint, folderId: 'shared' });
    const here = createIndexClient({ endpoint: running.endpoint, folderId: 'shared' });
    expect((await there.search(originals[0]!)).copyCount).toBe(0n);
    await here.add({ content: originals[0]!, id: 'x' });
    expect((await there.search(originals[0]!)).copyCount).toBe(1n);
    await there.delete('x');
    expect((await here.search(originals[0]!)).copyCount).toBe(0n);
    here.close();
    there.close();
    await second.close();
  });

  it.each([
    [{ imageUrl: 'file:///etc/passwd' }, 'image_url: must be an absolute http or https URL'],
    [{ pageUrl: 'https://' }, 'page_url: must be an absolute http or https URL'],
    [{ imageUrl: 'https://example.org/\n' }, 'image_url: must be an absolute http or https URL'],
    [{ id: 'x'.repeat(129) }, 'id: must have at most 128 characters, has 129'],
    [{ content: Buffer.alloc(0) }, 'content: must have 1 to 10485760 bytes, has 0'],
  ])('refuses %j', async (data, violation) => {
    const error = await corpus.add({ content: originals[0]!, ...data }).catch((thrown: unknown) => thrown);
    if (!(error instanceof VisionCallError)) throw new Error('no error');
    expect([error.code, error.message]).toEqual([3, `Validation failed:\n  - ${violation}`]);
  });

  it('has one error for every image that fails, and adds the others', async () => {
    const bulk = createIndexClient({ endpoint: running.endpoint, folderId: 'bulk' });
    const results = await bulk.addAll([
      { content: originals[0]!, id: 'good' },
      { content: Buffer.from('GIF89a'), id: 'no image' },
      { content: originals[1]!, id: 'bad', imageUrl: 'nowhere' },
      { content: originals[1]!, id: 'good too' },
    ]);
    expect(results.map(({ error, id }) => error?.message ?? id)).toEqual([
      'good',
      "Can't decode Image: the content is neither JPEG nor PNG",
      'Validation failed:\n  - image_url: must be an absolute http or https URL',
      'good too',
    ]);
    expect((await bulk.stats()).imageCount).toBe(2n);
    bulk.close();
  });
});
