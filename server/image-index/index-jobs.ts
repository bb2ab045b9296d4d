import type { JobHandlers } from '../threads/jobs.js';
import type {
  AddOutcome,
  Candidate,
  CandidateQuery,
  ImagePage,
  IndexStats,
  IndexTotals,
  NewImage,
  StoredImage,
} from './image-index.js';
import { SqliteStore } from './sqlite-store.js';
import { VectorMemory } from './vector-memory.js';

/** The jobs of the index thread. */
export type IndexJobs = {
  /** Gives whether the store can only be read. */
  open: { input: null; output: { isReadOnly: boolean } };
  /** Adds all of them in one commit. */
  add: { input: readonly NewImage[]; output: AddOutcome[] };
  get: { input: { folder: string; id: string }; output: StoredImage | undefined };
  delete: { input: { folder: string; id: string }; output: boolean };
  list: { input: { folder: string; from: number; count: number }; output: ImagePage };
  findCandidates: { input: CandidateQuery; output: Candidate[] };
  getMany: { input: readonly number[]; output: Array<StoredImage | undefined> };
  stats: { input: string; output: IndexStats };
  totals: { input: null; output: IndexTotals };
  /** Reclaims some space. Gives whether there is more, and the bytes on disk. */
  compactSome: { input: null; output: { more: boolean; diskBytes: number } };
};

/** Images with the same bytes that are retrieved at most. */
const maxSameFiles = 1000;
/** Candidates whose details are read at most. There are more only where many hashes are near, and these suffice. */
const maxDetailReads = 300;
/** How often the thread reads what other processes wrote, besides before every search. */
const pollMs = 500;

/** Opens the store for the first job that needs it, so that a failure reaches its caller. */
export function createIndexJobs(path: string): JobHandlers<IndexJobs> {
  let opened: { store: SqliteStore; memory: VectorMemory } | undefined;
  let polling: NodeJS.Timeout | undefined;
  const open = (): { store: SqliteStore; memory: VectorMemory } => {
    if (opened?.store.isOutdated === true) {
      opened.store.close();
      opened = undefined;
    }
    opened ??= { store: new SqliteStore(path), memory: new VectorMemory() };
    polling ??= setInterval(pollChanges, pollMs).unref();
    return opened;
  };
  const readChanges = (hasOwnChanges: boolean): void => {
    const { store, memory } = open();
    store.readChanges(hasOwnChanges, memory);
  };
  // No caller waits for this. The next job will report the error, and the thread must not die of it.
  const pollChanges = (): void => {
    try {
      readChanges(false);
    } catch {}
  };

  return {
    async open() {
      readChanges(false);
      return { isReadOnly: open().store.isReadOnly };
    },
    async add(images) {
      const { store } = open();
      const now = Date.now();
      const outcomes = store.transaction(() => {
        const added = images.map((image) => store.add(image, now));
        store.moveToSegments();
        return added;
      });
      readChanges(true);
      return outcomes;
    },
    async delete({ folder, id }) {
      const { store } = open();
      const deleted = store.transaction(() => store.delete(folder, id));
      readChanges(true);
      return deleted;
    },
    async get({ folder, id }) {
      return open().store.get(folder, id);
    },
    async list({ folder, from, count }) {
      return open().store.list(folder, from, count);
    },
    async findCandidates(query) {
      readChanges(false);
      const { store, memory } = open();
      const folder = store.folderNumber(query.folder);
      if (folder === undefined) return [];
      const sameFiles = new Set(store.sameFiles(folder, query.contentHash, maxSameFiles));
      const hashes = new Map<number, Uint8Array>([...sameFiles].map((image) => [image, new Uint8Array()]));
      for (const { image, hash } of memory.findNearest(folder, query)) hashes.set(image, hash);
      return [...hashes].map(([image, hash], position) => ({
        image,
        sameFile: sameFiles.has(image),
        hash,
        details: (position < maxDetailReads ? store.details(image) : undefined) ?? new Uint8Array(),
      }));
    },
    async getMany(images) {
      return images.map((image) => open().store.byNumber(image));
    },
    async stats(folder) {
      const { store, memory } = open();
      return { ...store.counts(folder), memoryBytes: memory.bytes, diskBytes: store.diskBytes() };
    },
    async totals() {
      const { memory } = open();
      return { images: memory.images, memoryBytes: memory.bytes };
    },
    async compactSome() {
      const { store } = open();
      return { more: store.compactSome(), diskBytes: store.diskBytes() };
    },
  };
}
