import { createCopySearchKernel, pageBytes, type CopySearchKernel } from '../wasm/kernel.js';
import { embeddingBytes, hashBytes, type CandidateQuery, type Vectors } from './image-index.js';
import { NearestRows } from './nearest-rows.js';
import { TopList } from './top-list.js';

/**
 * Rows of one folder, contiguous in memory: all hashes, then all signs, then all embeddings, then all image numbers.
 */
interface Block {
  /** Address of its first byte. */
  readonly start: number;
  /** Rows it has room for. */
  readonly capacity: number;
  count: number;
}

/** An image that is near the query, and its hash. */
export interface NearImage {
  readonly image: number;
  readonly hash: Uint8Array;
}

const numberBytes = 4;
/**
 * All rows are compared by the signs of the first 128 dimensions of their embeddings, those in which images differ
 * most, and the best `nearestBySigns` of them by the whole embedding. Signs are less precise, and cheaper to compare.
 */
const signBytes = 16;
const rowBytes = hashBytes + signBytes + embeddingBytes + numberBytes;
/** Rows of a block. Blocks of a folder double in size: small folders take little memory, large ones few blocks. */
const minBlockRows = 16;
const maxBlockRows = 4096;

/** Queries that the kernel compares with at a time. */
const lanes = 4;
// Addresses in the memory of the kernel.
const queryAt = 0;
const limitsAt = Math.max(hashBytes, lanes * signBytes);
const foundAt = limitsAt + 4 * lanes;
/** The kernel writes up to 5 ints for every row of a block. */
const blocksAt = foundAt + 20 * maxBlockRows;

/** Rows that are taken for every hash, for every embedding, and by signs for every embedding. */
const nearestByHash = 4;
const nearestByEmbedding = 12;
const nearestBySigns = 1024;
/** Bits of 256 within which hashes count among the nearest. Beyond it, chance brings unrelated images as near. */
const maxNearestDistance = 96;

/** The vectors of all images, which every search scans exhaustively: 308 bytes per image. */
export class VectorMemory {
  readonly #kernel: CopySearchKernel = createCopySearchKernel(Math.ceil(blocksAt / pageBytes));
  readonly #folders = new Map<number, Block[]>();
  readonly #free = new Map<number, number[]>();
  #end = blocksAt;

  /** Size of the memory, in bytes. */
  get bytes(): number {
    return this.#kernel.memory.buffer.byteLength;
  }

  /** Images in memory, over all folders. */
  get images(): number {
    let sum = 0;
    for (const blocks of this.#folders.values()) for (const { count } of blocks) sum += count;
    return sum;
  }

  /** Adds the vectors of an image that has none yet. */
  add(folder: number, image: number, { hash, embedding }: Vectors): void {
    const blocks = this.#blocksOf(folder);
    let block = blocks.at(-1);
    if (block === undefined || block.count === block.capacity) {
      block = this.#allocate(block === undefined ? minBlockRows : Math.min(maxBlockRows, 2 * block.capacity));
      blocks.push(block);
    }
    const memory = this.#kernel.memory.buffer;
    const row = block.count++;
    new Uint8Array(memory).set(hash, block.start + row * hashBytes);
    new Uint8Array(memory).set(signsOf(embedding), signsAt(block) + row * signBytes);
    new Int8Array(memory).set(embedding, embeddingsAt(block) + row * embeddingBytes);
    new Uint32Array(memory)[(numbersAt(block) >> 2) + row] = image;
  }

  /** Removes an image. The last row of the folder takes its place. */
  remove(folder: number, image: number): void {
    const blocks = this.#blocksOf(folder);
    const memory = this.#kernel.memory.buffer;
    const last = blocks.at(-1);
    if (last === undefined) return;
    for (const block of blocks) {
      const row = new Uint32Array(memory, numbersAt(block), block.count).indexOf(image);
      if (row < 0) continue;
      const from = last.count - 1;
      const bytes = new Uint8Array(memory);
      const move = (to: number, source: number, size: number): void =>
        void bytes.copyWithin(to + row * size, source + from * size, source + (from + 1) * size);
      move(block.start, last.start, hashBytes);
      move(signsAt(block), signsAt(last), signBytes);
      move(embeddingsAt(block), embeddingsAt(last), embeddingBytes);
      move(numbersAt(block), numbersAt(last), numberBytes);
      last.count--;
      if (last.count === 0) {
        blocks.pop();
        this.#freeOf(last.capacity).push(last.start);
      }
      return;
    }
  }

  /**
   * The images of a folder that are nearest to each of the hashes, in four flips, and to each of the embeddings; then
   * all others within `maxHashDistance` bits of a hash.
   */
  findNearest(folder: number, query: Pick<CandidateQuery, 'hashes' | 'embeddings' | 'maxHashDistance'>): NearImage[] {
    const { hashes, embeddings, maxHashDistance } = query;
    const blocks = this.#folders.get(folder) ?? [];
    const nearest = new Set<number>();
    const within = new Set<number>();
    for (const hash of hashes) {
      const rows = this.#scanHashes(blocks, hash, maxHashDistance);
      for (const row of rows.nearest) nearest.add(row);
      for (const row of rows.within) within.add(row);
    }
    for (let first = 0; first < embeddings.length; first += lanes) {
      const rows = this.#nearestByEmbedding(blocks, embeddings.slice(first, first + lanes));
      for (const row of rows.flat()) nearest.add(row);
    }
    return [...new Set([...nearest, ...within])].map((row) => this.#imageAt(blocks, row));
  }

  /** Row ids of the `nearestByHash` nearest hashes, and of all within a distance. */
  #scanHashes(blocks: readonly Block[], query: Uint8Array, distance: number): { nearest: number[]; within: number[] } {
    const { memory, scanHashes } = this.#kernel;
    new Uint8Array(memory.buffer).set(query, queryAt);
    const out = new Uint32Array(memory.buffer, foundAt, maxBlockRows);
    const nearest = new TopList(nearestByHash);
    const within: number[] = [];
    for (const [index, block] of blocks.entries()) {
      const limit = Math.max(distance, Math.min(maxNearestDistance, -nearest.threshold - 1));
      const count = scanHashes(block.start, block.count, queryAt, limit, foundAt);
      for (let found = 0; found < count; found++) {
        const [row, rowDistance] = [rowId(index, out[found]! >> 16), out[found]! & 0xffff];
        nearest.offer(row, -rowDistance);
        if (rowDistance <= distance) within.push(row);
      }
    }
    return { nearest: nearest.items, within };
  }

  /** Row ids of the `nearestByEmbedding` nearest embeddings to each of up to four queries. */
  #nearestByEmbedding(blocks: readonly Block[], queries: readonly Int8Array[]): number[][] {
    return this.#nearestBySigns(blocks, queries).map((rows, lane) => {
      const list = new TopList(nearestByEmbedding);
      for (const row of rows) list.offer(row, this.#dotProduct(blocks, row, queries[lane]!));
      return list.items;
    });
  }

  #nearestBySigns(blocks: readonly Block[], queries: readonly Int8Array[]): number[][] {
    const { memory, scanSigns } = this.#kernel;
    for (const [lane, query] of queries.entries()) {
      new Uint8Array(memory.buffer).set(signsOf(query), queryAt + lane * signBytes);
    }
    const limits = new Int32Array(memory.buffer, limitsAt, lanes);
    const out = new Int32Array(memory.buffer, foundAt, 5 * maxBlockRows);
    const nearest = queries.map(() => new NearestRows(nearestBySigns, 8 * signBytes));
    for (const [index, block] of blocks.entries()) {
      // A lane without a query gets a limit that no distance is below.
      for (let lane = 0; lane < lanes; lane++) limits[lane] = nearest[lane]?.limit ?? 0;
      const count = scanSigns(signsAt(block), block.count, queryAt, limitsAt, foundAt);
      for (let found = 0; found < count; found++) {
        const row = rowId(index, out[5 * found]!);
        for (const [lane, rows] of nearest.entries()) rows.offer(row, out[5 * found + 1 + lane]!);
      }
    }
    return nearest.map(({ rows }) => rows);
  }

  #dotProduct(blocks: readonly Block[], row: number, query: Int8Array): number {
    const { block, position } = placeOf(blocks, row);
    const embedding = new Int8Array(
      this.#kernel.memory.buffer,
      embeddingsAt(block) + position * embeddingBytes,
      embeddingBytes,
    );
    let sum = 0;
    for (let index = 0; index < embeddingBytes; index++) sum += embedding[index]! * query[index]!;
    return sum;
  }

  #imageAt(blocks: readonly Block[], row: number): NearImage {
    const { block, position } = placeOf(blocks, row);
    const memory = this.#kernel.memory.buffer;
    const image = new Uint32Array(memory)[(numbersAt(block) >> 2) + position]!;
    const hashAt = block.start + position * hashBytes;
    return { image, hash: new Uint8Array(memory).slice(hashAt, hashAt + hashBytes) };
  }

  #blocksOf(folder: number): Block[] {
    let blocks = this.#folders.get(folder);
    if (blocks === undefined) this.#folders.set(folder, (blocks = []));
    return blocks;
  }

  #freeOf(capacity: number): number[] {
    let free = this.#free.get(capacity);
    if (free === undefined) this.#free.set(capacity, (free = []));
    return free;
  }

  #allocate(capacity: number): Block {
    const free = this.#freeOf(capacity).pop();
    if (free !== undefined) return { start: free, capacity, count: 0 };
    const start = this.#end;
    this.#end += capacity * rowBytes;
    const missing = this.#end - this.bytes;
    if (missing > 0) this.#kernel.memory.grow(Math.ceil(missing / pageBytes));
    return { start, capacity, count: 0 };
  }
}

/** Identifies a row by its block and its position there. */
function rowId(block: number, position: number): number {
  return block * maxBlockRows + position;
}

function placeOf(blocks: readonly Block[], row: number): { block: Block; position: number } {
  const block = blocks[Math.floor(row / maxBlockRows)];
  if (block === undefined) throw new Error(`There is no row ${row}`);
  return { block, position: row % maxBlockRows };
}

/** Signs of the first dimensions, one bit each. */
function signsOf(embedding: Int8Array): Uint8Array {
  const signs = new Uint8Array(signBytes);
  for (let index = 0; index < 8 * signBytes; index++) if (embedding[index]! > 0) signs[index >> 3]! |= 1 << (index & 7);
  return signs;
}

function signsAt({ start, capacity }: Block): number {
  return start + capacity * hashBytes;
}

function embeddingsAt(block: Block): number {
  return signsAt(block) + block.capacity * signBytes;
}

function numbersAt(block: Block): number {
  return embeddingsAt(block) + block.capacity * embeddingBytes;
}
