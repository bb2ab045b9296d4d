// npm run bench:copies -- FOLDER... [--share prove] [--sources 300] [--queries-per-source 64] [--negatives 3000]
//                                   [--indexed 3000] [--fill FOLDER]... [--only PATTERN] [--no-peers]
//                                   [--details FILE]
// Indexes photos of the folders, copies some of them in 64 ways, searches for every copy and for photos that are not indexed
// (negatives), and prints recall and false matches, beside those of two npm packages for the same photos. With fewer queries
// per source the ways are assigned so that each is tried equally often. Photos of --fill are only indexed. Fails if a goal of
// the project is missed.
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { photosOf, type Share } from '../datasets/copy-photos.js';
import { readConfig } from '../server/config.js';
import { createEngine } from '../server/engine.js';
import { describeForIndex, describeForSearch } from '../server/features/image-copy-search/describe-image.js';
import { mulberry32 } from '../server/features/image-copy-search/local-features/seeded-random.js';
import {
  compareCandidates,
  scoreCandidate,
  type Comparison,
} from '../server/features/image-copy-search/search-copies.js';
import { readSignature, writeSignature } from '../server/features/image-copy-search/signature.js';
import { decodeImage } from '../server/image/decode-image.js';
import { silentLog } from '../server/telemetry/log.js';
import { peers } from './copy-peers.js';
import { groups, transformations } from './copy-transformations.js';

const { values, positionals: folders } = parseArgs({
  options: {
    share: { type: 'string', default: 'prove' },
    sources: { type: 'string', default: '300' },
    negatives: { type: 'string', default: '3000' },
    indexed: { type: 'string', default: '3000' },
    'queries-per-source': { type: 'string', default: '64' },
    fill: { type: 'string', multiple: true, default: [] },
    only: { type: 'string', default: '.' },
    details: { type: 'string' },
    'no-peers': { type: 'boolean', default: false },
  },
  allowPositionals: true,
});
if (folders.length === 0) throw new Error('bench:copies needs folders of photos.');
const share = (['choose', 'prove'] as const).find((name) => name === values.share);
if (share === undefined) throw new Error('--share is choose or prove.');

const shares: readonly Share[] = ['prove', 'choose', 'learn'];
const photos = photosOf(folders, share);
const sources = photos.slice(0, Number(values.sources));
const negatives = photos.slice(sources.length, sources.length + Number(values.negatives));
const others = [
  ...photos.slice(sources.length + negatives.length),
  ...shares.filter((name) => name !== share).flatMap((name) => photosOf(folders, name)),
  ...photosOf(values.fill, 'prove'),
];
const indexed = [...sources, ...others].slice(0, Math.max(sources.length, Number(values.indexed)));
const wanted = Object.entries(transformations).filter(([name]) => new RegExp(values.only).test(name));
console.log(`Photos: ${folders.join(' ')}; share "${share}" by the hash of the file's name (datasets/copy-photos.ts).`);
const dealt = dealOut(wanted, Math.min(wanted.length, Number(values['queries-per-source'])));
const queries = sources.reduce((sum, source) => sum + (dealt.get(source)?.length ?? 0), 0);
console.log(
  `${sources.length} sources, ${queries} copies made in ${wanted.length} ways, ${negatives.length} negatives, ${indexed.length} indexed.`,
);

const folder = mkdtempSync(join(tmpdir(), 'visiond-bench-'));
const engine = createEngine(readConfig({ 'data-dir': folder }, {}), silentLog);
const { copies } = engine;
const never = new AbortController().signal;
const corpus = 'bench';
/** Photos that are processed at a time. */
const parallel = 3;
const signatureEvery = 4;

interface Result {
  readonly query: string;
  /** Undefined for a negative. */
  readonly source: string | undefined;
  /** Whether the source is among the candidates. */
  readonly isCandidate: boolean;
  /** Confidence in the source, 0 where it was missed; the same for the signature, where that was tried. */
  readonly right: number;
  readonly bySignature: number | undefined;
  readonly wrong: ReadonlyArray<{ path: string; confidence: number }>;
  /** Of the source, and of similar other images. */
  readonly evidence: Evidence | undefined;
  readonly wrongEvidence: readonly Evidence[];
}

/** Distance of the nearest hash, inliers, visible features, and correlation of brightness. */
type Evidence = readonly [distance: number, inliers: number, visible: number, correlation: number];

await inParallel(indexed, 'indexed', async (path) => {
  const content = readFileSync(path);
  const image = await decodeImage(content, 100_000_000);
  const fingerprint = await describeForIndex(copies, image, content, never);
  await copies.index.add(
    { folder: corpus, id: path, imageUrl: '', pageUrl: '', title: '', description: '', fingerprint },
    never,
  );
});
const comparedPeers = values['no-peers'] ? [] : peers();
for (const peer of comparedPeers) {
  await inParallel(indexed, peer.name, async (path) => peer.index(path, readFileSync(path)));
}
const results: Result[] = [];
const latencies: number[] = [];
const searchForCopies = async (source: string): Promise<void> => {
  const file = readFileSync(source);
  const { width, height } = await sharp(file).metadata();
  const neighbor = readFileSync(others[hashOf(source) % others.length]!);
  for (const [name, transform] of dealt.get(source) ?? []) {
    const content = await transform({ file, width, height, neighbor, random: mulberry32(hashOf(source + name)) });
    results.push(await search(name, content, source));
    for (const peer of comparedPeers) await peer.search(name, content, source);
  }
};
const searchForNegative = async (path: string): Promise<void> => {
  const content = readFileSync(path);
  results.push(await search(path, content, undefined));
  for (const peer of comparedPeers) await peer.search(path, content, undefined);
};
await Promise.all([
  inParallel(sources, 'sources searched for', searchForCopies, 2),
  inParallel(negatives, 'negatives', searchForNegative, 1),
]);
await engine.close();
rmSync(folder, { recursive: true });
report();

async function search(query: string, content: Buffer, source: string | undefined): Promise<Result> {
  const image = await decodeImage(content, 100_000_000);
  const started = performance.now();
  const described = await describeForSearch(copies, image, content, never);
  const comparisons = await compareCandidates(copies, described, corpus, never);
  latencies.push(performance.now() - started);
  const score = async (by: typeof described, all: readonly Comparison[]) => {
    const images = await copies.index.getMany(
      all.map(({ candidate }) => candidate.image),
      never,
    );
    return all.map((comparison, at) => ({
      ...comparison,
      path: images[at]?.id ?? '',
      ...scoreCandidate(by, comparison),
    }));
  };
  const answers = await score(described, comparisons);
  // A signature leaves out local features. A sample of the copies shows what that costs.
  const sampled = source !== undefined && hashOf(query + source) % signatureEvery === 0;
  const signature = readSignature(await writeSignature(described));
  const bySignature = sampled ? await score(signature, await compareCandidates(copies, signature, corpus, never)) : [];
  const right = answers.find(({ path }) => path === source);
  const wrong = answers.filter(({ path }) => path !== source);
  const result: Result = {
    query,
    source,
    isCandidate: right !== undefined,
    right: right?.confidence ?? 0,
    bySignature: sampled ? (bySignature.find(({ path }) => path === source)?.confidence ?? 0) : undefined,
    wrong: wrong.filter(({ confidence }) => confidence > 0).map(({ path, confidence }) => ({ path, confidence })),
    evidence: right && evidenceOf(right),
    wrongEvidence: wrong
      .filter(({ hashDistance, match }) => hashDistance < 70 || (match?.inliers ?? 0) > 3)
      .map(evidenceOf),
  };
  if (values.details !== undefined) appendFileSync(values.details, `${JSON.stringify(result)}\n`);
  return result;
}

function evidenceOf({ hashDistance, match }: Comparison): Evidence {
  return [hashDistance, match?.inliers ?? 0, match?.visible ?? 0, rounded(match?.correlation ?? 0)];
}

/** Assigns every source so many of the ways. They are shuffled again whenever all are used up. */
function dealOut(ways: typeof wanted, count: number): Map<string, typeof wanted> {
  const next = mulberry32(1);
  let deck: typeof wanted = [];
  const deal = (): (typeof wanted)[number] => {
    if (deck.length === 0) {
      deck = ways
        .map((way) => ({ way, order: next() }))
        .toSorted((a, b) => a.order - b.order)
        .map(({ way }) => way);
    }
    return deck.pop()!;
  };
  return new Map(sources.map((source) => [source, count === ways.length ? ways : Array.from({ length: count }, deal)]));
}

/** Recall of the copies that were searched for by signature as well: by signature, and by content. */
function recallBySignature(all: readonly Result[]): string {
  const tried = all.filter(({ bySignature }) => bySignature !== undefined);
  const recall = (is: (result: Result) => boolean): string =>
    (tried.filter(is).length / Math.max(1, tried.length)).toFixed(3);
  return `${recall(({ bySignature = 0 }) => bySignature > 0)} (${recall(({ right }) => right > 0)}) of ${tried.length}`;
}

function report(): void {
  const positive = results.filter(({ source }) => source !== undefined);
  const negative = results.filter(({ source }) => source === undefined);
  const shareOf = (all: readonly Result[], is: (result: Result) => boolean): number =>
    all.filter(is).length / Math.max(1, all.length);
  const limits = new Map(comparedPeers.map((peer) => [peer, peer.limit(Math.floor(negative.length / 1000))]));
  const rows = [...groups, { name: 'all', pattern: /./, goal: undefined }].flatMap(({ name, pattern, goal }) => {
    const own = positive.filter(({ query }) => pattern.test(query));
    if (own.length === 0) return [];
    const recall = shareOf(own, ({ right }) => right > 0);
    if (goal !== undefined && recall < goal) missed(`${name}: recall ${recall.toFixed(3)}, the goal is ${goal}`);
    return [
      {
        copies: name,
        queries: own.length,
        goal: goal ?? '',
        'candidate recall': rounded(shareOf(own, ({ isCandidate }) => isCandidate)),
        recall: rounded(recall),
        'by signature (content)': recallBySignature(own),
        ...Object.fromEntries(
          comparedPeers.map((peer) => [peer.name, rounded(peer.recall(pattern, limits.get(peer) ?? 0))]),
        ),
      },
    ];
  });
  console.table(rows);
  const falseQueries = negative.filter(({ wrong }) => wrong.length > 0);
  console.log(`Negatives: ${falseQueries.length} of ${negative.length} have a match.`);
  for (const { query, wrong } of falseQueries) {
    console.log(`  ${query} ~ ${wrong.map(({ path, confidence }) => `${path} (${confidence.toFixed(2)})`).join(', ')}`);
  }
  const strays = positive.filter(({ query, wrong }) => query !== 'collage2' && wrong.length > 0);
  console.log(
    `Copies with a match that is not their source: ${strays.length} of ${positive.length} (except collages, which show two photos).`,
  );
  for (const pair of new Set(strays.flatMap(({ source, wrong }) => wrong.map(({ path }) => `  ${source} ~ ${path}`)))) {
    console.log(pair);
  }
  const precision = averagePrecision(positive.filter(({ query }) => query !== 'collage2').concat(negative));
  console.log(`Micro-AP ${precision.toFixed(4)}`);
  if (precision < 0.97) missed(`micro-AP is ${precision.toFixed(3)}, the goal is 0.97`);
  if (falseQueries.length > negative.length / 1000) missed(`${falseQueries.length} false matches`);
  latencies.sort((a, b) => a - b);
  const at = (quantile: number): string => (latencies[Math.floor(latencies.length * quantile)] ?? 0).toFixed(0);
  console.log(`Search with ${parallel} at a time: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms without decoding.`);
}

/** Average precision of all answers together, ranked by confidence. */
function averagePrecision(all: readonly Result[]): number {
  const answers = all.flatMap(({ right, wrong }) => [
    ...(right > 0 ? [{ confidence: right, isRight: true }] : []),
    ...wrong.map(({ confidence }) => ({ confidence, isRight: false })),
  ]);
  answers.sort((a, b) => b.confidence - a.confidence);
  let [right, sum] = [0, 0];
  for (const [index, { isRight }] of answers.entries()) if (isRight) sum += ++right / (index + 1);
  return sum / all.filter(({ source }) => source !== undefined).length;
}

function missed(sentence: string): void {
  console.error(`Goal missed: ${sentence}`);
  process.exitCode = 1;
}

function rounded(value: number): number {
  return Number(value.toFixed(3));
}

/** A hash of the file name at the end of a text, the same in every run. */
function hashOf(text: string): number {
  let hash = 2_166_136_261;
  for (const character of text.replace(/^.*[\\/]/, '')) hash = Math.imul(hash ^ character.codePointAt(0)!, 16_777_619);
  return hash >>> 0;
}

async function inParallel<Item>(
  items: readonly Item[],
  what: string,
  task: (item: Item) => Promise<void>,
  concurrency = parallel,
): Promise<void> {
  const remaining = items.values();
  let done = 0;
  const work = async (): Promise<void> => {
    for (const item of remaining) {
      await task(item);
      if (++done % 20 === 0 || done === items.length) process.stderr.write(`${done} of ${items.length} ${what}\n`);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
}
