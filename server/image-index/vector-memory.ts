import { createKernel, pageBytes, type Kernel } from '../wasm/kernel.js';
import { embeddingBytes, hashBytes, type Vectors } from './image-index.js';
import { NearestRows } from './nearest-rows.js';
import { TopList } from './top-list.js';

/** Rows of one folder, side by side in the memory: hashes, then signs, then embeddings, then numbers of images. */
interface Block {
  readonly start: number;
  readonly capacity: number;
  count: number;
}

/** A candidate: the number of its image, and its hash. */
export interface Candidate {
  readonly image: number;
  readonly hash: Uint8Array;
}

const numberBytes = 4;
/**
 * All rows are compared by the signs of the first dimensions of their embeddings, in which images differ most, and the best
 * `signsTaken` of these by the embeddings: signs tell less than the dimensions do, and cost less to compare.
 */
const signBytes = 16;
const rowBytes = hashBytes + signBytes + embeddingBytes + numberBytes;
/** Small folders must not cost much, and large ones must be few blocks. */
const smallestBlock = 16;
const largestBlock = 4096;

/** The kernel compares with four queries at a time. */
const lanes = 4;
const queryAt = 0;
const limitsAt = Math.max(hashBytes, lanes * signBytes);
const foundAt = limitsAt + 4 * lanes;
/** A row of 5 ints for every row of the largest block. */
const blocksAt = foundAt + 20 * largestBlock;

/** How far down the candidates of every query are taken. */
const hashesTaken = 4;
const embeddingsTaken = 12;
const signsTaken = 1024;
/** Bits. Unrelated images are that near too: beyond it a hash proposes nothing that chance would not. */
const hashLimit = 96;

/** The vectors of all images, scanned as a whole by every search: 308 bytes an image. */
export class VectorMemory {
  readonly #kernel: Kernel = createKernel(Math.ceil(blocksAt / pageBytes));
  readonly #folders = new Map<number, Block[]>();
  readonly #free = new Map<number, number[]>();
  #end = blocksAt;

  /** Bytes of the memory. */
  get bytes(): number {
    return this.#kernel.memory.buffer.byteLength;
  }

  /** Adds the vectors of an image that is not there yet. */
  add(folder: number, image: number, { hash, embedding }: Vectors): void {
    const blocks = this.#blocksOf(folder);
    let block = blocks.at(-1);
    if (block === undefined || block.count === block.capacity) {
      block = this.#allocate(block === undefined ? smallestBlock : Math.min(largestBlock, 2 * block.capacity));
      blocks.push(block);
    }
    const memory = this.#kernel.memory.buffer;
    const row = block.count++;
    new Uint8Array(memory).set(hash, block.start + row * hashBytes);
    new Uint8Array(memory).set(signsOf(embedding), signsAt(block) + row * signBytes);
    new Int8Array(memory).set(embedding, embeddingsAt(block) + row * embeddingBytes);
    new Uint32Array(memory)[(numbersAt(block) >> 2) + row] = image;
  }

  /** Removes an image; the last of the folder takes its place. */
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
   * The nearest images of a folder to each of the hashes, in four flips, and to each of the embeddings; besides all images
   * within `nearHash` bits of a hash, which come last.
   */
  propose(
    folder: number,
    hashes: readonly Uint8Array[],
    embeddings: readonly Int8Array[],
    nearHash: number,
  ): Candidate[] {
    const blocks = this.#folders.get(folder) ?? [];
    const rows = new Set<number>();
    const near = new Set<number>();
    for (const hash of hashes) {
      for (const row of this.#nearestHashes(blocks, hash, nearHash, near).items) rows.add(row);
    }
    for (let first = 0; first < embeddings.length; first += lanes) {
      for (const { items } of this.#nearestEmbeddings(blocks, embeddings.slice(first, first + lanes))) {
        for (const row of items) rows.add(row);
      }
    }
    return [...new Set([...rows, ...near])].map((row) => this.#candidate(blocks, row));
  }

  #nearestHashes(blocks: readonly Block[], query: Uint8Array, near: number, nearRows: Set<number>): TopList {
    const { memory, hashes } = this.#kernel;
    new Uint8Array(memory.buffer).set(query, queryAt);
    const out = new Uint32Array(memory.buffer, foundAt, largestBlock);
    const list = new TopList(hashesTaken);
    for (const [index, block] of blocks.entries()) {
      const limit = Math.max(near, Math.min(hashLimit, -list.threshold - 1));
      const count = hashes(block.start, block.count, queryAt, limit, foundAt);
      for (let found = 0; found < count; found++) {
        const [row, distance] = [rowId(index, out[found]! >> 16), out[found]! & 0xffff];
        list.offer(row, -distance);
        if (distance <= near) nearRows.add(row);
      }
    }
    return list;
  }

  #nearestEmbeddings(blocks: readonly Block[], queries: readonly Int8Array[]): TopList[] {
    return this.#nearestSigns(blocks, queries).map((rows, lane) => {
      const list = new TopList(embeddingsTaken);
      for (const row of rows) list.offer(row, this.#product(blocks, row, queries[lane]!));
      return list;
    });
  }

  #nearestSigns(blocks: readonly Block[], queries: readonly Int8Array[]): number[][] {
    const { memory, signs } = this.#kernel;
    for (const [lane, query] of queries.entries()) {
      new Uint8Array(memory.buffer).set(signsOf(query), queryAt + lane * signBytes);
    }
    const limits = new Int32Array(memory.buffer, limitsAt, lanes);
    const out = new Int32Array(memory.buffer, foundAt, 5 * largestBlock);
    const nearest = queries.map(() => new NearestRows(signsTaken, 8 * signBytes));
    for (const [index, block] of blocks.entries()) {
      // Nothing is nearer than 0 to a lane without a query.
      for (let lane = 0; lane < lanes; lane++) limits[lane] = nearest[lane]?.limit ?? 0;
      const count = signs(signsAt(block), block.count, queryAt, limitsAt, foundAt);
      for (let found = 0; found < count; found++) {
        const row = rowId(index, out[5 * found]!);
        for (const [lane, rows] of nearest.entries()) rows.offer(row, out[5 * found + 1 + lane]!);
      }
    }
    return nearest.map(({ rows }) => rows);
  }

  #product(blocks: readonly Block[], row: number, query: Int8Array): number {
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

  #candidate(blocks: readonly Block[], row: number): Candidate {
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

/** Names a row by its block and its place there. */
function rowId(block: number, position: number): number {
  return block * largestBlock + position;
}

function placeOf(blocks: readonly Block[], row: number): { block: Block; position: number } {
  const block = blocks[Math.floor(row / largestBlock)];
  if (block === undefined) throw new Error(`There is no row ${row}`);
  return { block, position: row % largestBlock };
}

/** Signs of the first dimensions, a bit each. */
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
