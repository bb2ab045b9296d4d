import { createKernel, pageBytes, type Kernel } from '../wasm/kernel.js';
import { embeddingBytes, hashBytes, type Vectors } from './image-index.js';
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
 * of these by the embeddings. So many signs tell more than a quarter of the dimensions do, in an eighth of the bytes.
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
const signsTaken = 256;
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
      const move = (to: number, source: number, size: number): void => void bytes.copyWithin(to + row * size, source + from * size, source + (from + 1) * size);
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
  propose(folder: number, hashes: readonly Uint8Array[], embeddings: readonly Int8Array[], nearHash: number): Candidate[] {
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
    for (const block of blocks) {
      const limit = Math.max(near, Math.min(hashLimit, -list.threshold - 1));
      const count = hashes(block.start, block.count, queryAt, limit, foundAt);
      for (let index = 0; index < count; index++) {
        const [row, distance] = [rowId(block, out[index]! >> 16), out[index]! & 0xffff];
        list.offer(row, -distance);
        if (distance <= near) nearRows.add(row);
      }
    }
    return list;
  }

  #nearestEmbeddings(blocks: readonly Block[], queries: readonly Int8Array[]): TopList[] {
    return this.#nearestSigns(blocks, queries).map((bySigns, lane) => {
      const list = new TopList(embeddingsTaken);
      for (const row of bySigns.items) list.offer(row, this.#product(blocks, row, queries[lane]!));
      return list;
    });
  }

  #nearestSigns(blocks: readonly Block[], queries: readonly Int8Array[]): TopList[] {
    const { memory, signs } = this.#kernel;
    for (const [lane, query] of queries.entries()) new Uint8Array(memory.buffer).set(signsOf(query), queryAt + lane * signBytes);
    const limits = new Int32Array(memory.buffer, limitsAt, lanes);
    const out = new Int32Array(memory.buffer, foundAt, 5 * largestBlock);
    const lists = queries.map(() => new TopList(signsTaken));
    for (const block of blocks) {
      // Nothing is nearer than 0 to a lane without a query.
      for (let lane = 0; lane < lanes; lane++) limits[lane] = Math.min(8 * signBytes + 1, -(lists[lane]?.threshold ?? 0));
      const count = signs(signsAt(block), block.count, queryAt, limitsAt, foundAt);
      for (let index = 0; index < count; index++) {
        const row = rowId(block, out[5 * index]!);
        for (const [lane, list] of lists.entries()) list.offer(row, -out[5 * index + 1 + lane]!);
      }
    }
    return lists;
  }

  #product(blocks: readonly Block[], row: number, query: Int8Array): number {
    const block = blockOf(blocks, row);
    const at = embeddingsAt(block) + ((row - block.start) / hashBytes) * embeddingBytes;
    return new Int8Array(this.#kernel.memory.buffer, at, embeddingBytes).reduce((sum, value, index) => sum + value * query[index]!, 0);
  }

  #candidate(blocks: readonly Block[], row: number): Candidate {
    const block = blockOf(blocks, row);
    const memory = this.#kernel.memory.buffer;
    const image = new Uint32Array(memory)[(numbersAt(block) >> 2) + (row - block.start) / hashBytes]!;
    return { image, hash: new Uint8Array(memory).slice(row, row + hashBytes) };
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

function blockOf(blocks: readonly Block[], row: number): Block {
  const block = blocks.find(({ start, count }) => row >= start && row < start + count * hashBytes);
  if (block === undefined) throw new Error(`There is no row at ${row}`);
  return block;
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

/** Names a row by the address of its hash. */
function rowId({ start }: Block, row: number): number {
  return start + row * hashBytes;
}
