// npm run bench:copies-million -- FOLDER... [--rows 1000000] [--sources 60]
// Fills an index with so many images, searches it for copies of photos of the folders and for negatives, and prints the time
// of a search and the memory and disk of an image. All but the photos are synthetic: hashes, embeddings and details of real
// photos, each changed so far that it is no copy of its model. Fails if a goal of the project is missed.
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { photosOf } from '../datasets/copy-photos.js';
import { readConfig } from '../server/config.js';
import { createEngine } from '../server/engine.js';
import type { CopyQuery } from '../server/features/image-copy-search/copy-query.js';
import { describeForIndex, describeForSearch } from '../server/features/image-copy-search/describe-image.js';
import { mulberry32 } from '../server/features/image-copy-search/local-features/seeded-random.js';
import { thumbnailHeaderBytes } from '../server/features/image-copy-search/local-features/thumbnail.js';
import {
  compareCandidates,
  searchCopies,
  type FoundCopies,
} from '../server/features/image-copy-search/search-copies.js';
import type { ImageFingerprint, NewImage } from '../server/image-index/image-index.js';
import { openSqliteIndex } from '../server/image-index/sqlite-index.js';
import { SqliteStore } from '../server/image-index/sqlite-store.js';
import { decodeImage } from '../server/image/decode-image.js';
import { silentLog } from '../server/telemetry/log.js';
import { transformations } from './copy-transformations.js';
import { fillStore } from './fill-store.js';

const goals = { p50Ms: 150, p99Ms: 400, memoryBytes: 400, diskBytes: 8192, startSeconds: 10 };
const models = 80;
const names = [
  'jpeg_q20',
  'resize_30',
  'crop_10',
  'crop_30',
  'crop_50',
  'rot_5',
  'rot_15',
  'flip_h',
  'text',
  'emoji_big',
  'shot_phone',
  'shot_web',
  'collage2',
];

const { values, positionals: folders } = parseArgs({
  options: { rows: { type: 'string', default: '1000000' }, sources: { type: 'string', default: '60' } },
  allowPositionals: true,
});
if (folders.length === 0) throw new Error('bench:copies-million needs folders of photos.');
const rows = Number(values.rows);

const never = new AbortController().signal;
const folder = mkdtempSync(join(tmpdir(), 'visiond-bench-'));
const path = join(folder, 'index.db');
const engine = createEngine(readConfig({ 'data-dir': folder }, {}), silentLog);

const described = new Map<string, ImageFingerprint>();
for (const photo of photosOf(folders, 'prove').slice(0, models)) {
  const content = readFileSync(photo);
  const fingerprint = await describeForIndex(engine.copies, await decodeImage(content, 1e8), content, never);
  if (fingerprint.vectors !== undefined) described.set(photo, fingerprint);
}
const pristine = [...described.values()];
const photos = [...described.keys()];
const sources = photos.slice(0, Number(values.sources));
/** Photos that are not indexed. */
const negatives = photosOf(folders, 'choose').slice(0, 3 * sources.length);
console.log(
  `${rows} images, ${sources.length} photos x ${names.length} copies, ${negatives.length} negatives, seed 1, ${photos.length} models.`,
);
const random = mulberry32(1);
/** Drawn once: drawing it for every image would take longer than everything else together. */
const noise = Uint8Array.from({ length: 1 << 20 }, noiseByte);
const small = await searchAll(Math.min(3000, rows));
const large = await searchAll(rows);
await engine.close();
rmSync(folder, { recursive: true });

const lines: ReadonlyArray<readonly [name: string, value: number, goal: number]> = [
  ['full search, p50, ms', large.at(0.5), goals.p50Ms],
  ['full search, p99, ms', large.at(0.99), goals.p99Ms],
  ['memory per image, bytes', large.memory, goals.memoryBytes],
  ['disk per image, bytes', large.disk, goals.diskBytes],
  ['start, s', large.start, goals.startSeconds],
];
console.table(lines.map(([figure, value, goal]) => ({ figure, value: Number(value.toFixed(1)), goal })));
console.table(
  [small, large].map(({ count, candidateRecall, recall, falseMatches, cpu, at }) => ({
    images: count,
    'candidate recall': candidateRecall,
    recall,
    'negatives with a match': falseMatches,
    'CPU, ms': Math.round(cpu),
    'p50, ms': Math.round(at(0.5)),
    'p99, ms': Math.round(at(0.99)),
  })),
);
for (const [figure, value, goal] of lines) {
  if (value <= goal) continue;
  console.error(`Goal missed: ${figure} is ${value.toFixed(1)}, the goal is ${goal}`);
  process.exitCode = 1;
}

interface Outcome {
  readonly count: number;
  readonly candidateRecall: number;
  readonly recall: number;
  /** Number of negatives that have a match. */
  readonly falseMatches: number;
  readonly memory: number;
  readonly disk: number;
  readonly start: number;
  /** CPU time of a search, in milliseconds, all threads together. */
  readonly cpu: number;
  readonly at: (quantile: number) => number;
}

/** Fills the store up to so many images, opens an index on it, and searches that. */
async function searchAll(count: number): Promise<Outcome> {
  const store = new SqliteStore(path);
  const filled = store.counts('bench').images;
  if (filled === 0) store.transaction(() => photos.forEach((_, number) => store.add(made(number), 0)));
  store.close();
  fillStore(path, Math.max(filled, photos.length), count, made);
  const opened = performance.now();
  const index = openSqliteIndex(path, { onCrash: (error) => console.error(error) });
  await index.ready();
  const start = (performance.now() - opened) / 1000;
  const copies = { ...engine.copies, index };
  const times: number[] = [];
  let [retrieved, found, falseMatches, queries, cpu] = [0, 0, 0, 0, 0];
  const search = async (content: Buffer): Promise<{ query: CopyQuery; answer: FoundCopies }> => {
    const begun = performance.now();
    const before = process.cpuUsage();
    const query = await describeForSearch(copies, await decodeImage(content, 1e8), content, never);
    const answer = await searchCopies(copies, query, 'bench', 10, never);
    times.push(performance.now() - begun);
    const { user, system } = process.cpuUsage(before);
    cpu += (user + system) / 1000;
    return { query, answer };
  };
  for (const [position, source] of sources.entries()) {
    const file = readFileSync(source);
    const { width, height } = await sharp(file).metadata();
    const neighbor = readFileSync(photos[(position + 40) % photos.length]!);
    for (const name of names) {
      const { query, answer } = await search(
        await transformations[name]!({ file, width, height, neighbor, random: mulberry32(position) }),
      );
      queries++;
      if (answer.copies.some(({ image }) => image.id === source)) found++;
      const candidates = await index.getMany(
        (await compareCandidates(copies, query, 'bench', never)).map(({ candidate }) => candidate.image),
        never,
      );
      if (candidates.some((image) => image?.id === source)) retrieved++;
    }
  }
  for (const negative of negatives) if ((await search(readFileSync(negative))).answer.count > 0) falseMatches++;
  const { memoryBytes } = await index.stats('bench', never);
  await index.close();
  times.sort((a, b) => a - b);
  return {
    count,
    candidateRecall: Number((retrieved / queries).toFixed(4)),
    recall: Number((found / queries).toFixed(4)),
    falseMatches,
    memory: memoryBytes / count,
    disk: statSync(path).size / count,
    start,
    cpu: cpu / times.length,
    at: (quantile) => times[Math.floor(times.length * quantile)] ?? 0,
  };
}

/** The photos first, then synthetic images like them. */
function made(number: number): NewImage {
  const photo = photos[number];
  const data = {
    folder: 'bench',
    imageUrl: `https://example.org/images/${number}.jpg`,
    pageUrl: '',
    title: `Image ${number}`,
    description: '',
  };
  const model = pristine[number % pristine.length]!;
  if (photo !== undefined) return { ...data, id: photo, fingerprint: model };
  const contentHash = Uint8Array.from({ length: 16 }, () => 256 * random());
  const { vectors } = model;
  const other = pristine[Math.floor(random() * pristine.length)]!.vectors;
  return {
    ...data,
    id: `image-${number}`,
    fingerprint: {
      contentHash,
      // Two of five bits change: as far from the model as unrelated photos are from each other, but with its structure.
      vectors: vectors &&
        other && { hash: noisy(vectors.hash, 1), embedding: mixed(vectors.embedding, other.embedding) },
      // The header of the thumbnail is kept, or nothing behind it could be decoded.
      details: noisy(model.details, 3, thumbnailHeaderBytes),
    },
  };
}

/** Adds noise to every `step`th byte, from the first one on. */
function noisy(bytes: Uint8Array, step: number, first = 0): Uint8Array {
  const changed = bytes.slice();
  let from = Math.floor(random() * (noise.length - bytes.length));
  for (let at = first; at < changed.length; at += step) changed[at]! ^= noise[from++]!;
  return changed;
}

/** A byte whose bits are set with a probability of 0.4. */
function noiseByte(): number {
  let byte = 0;
  for (let bit = 0; bit < 8; bit++) if (random() < 0.4) byte |= 1 << bit;
  return byte;
}

/** The mean of two embeddings, with noise as strong as both. */
function mixed(a: Int8Array, b: Int8Array): Int8Array {
  const mix = Float32Array.from(
    a,
    (value, at) => 0.5 * value + 0.5 * b[at]! + 56 * (random() + random() + random() - 1.5),
  );
  const length = Math.hypot(...mix) || 1;
  return Int8Array.from(mix, (value) => Math.max(-127, Math.min(127, Math.round((448 * value) / length))));
}
