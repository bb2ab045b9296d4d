import type { JobHandlers } from '../threads/jobs.js';
import type {
  AddOutcome,
  ImagePage,
  IndexStats,
  NewImage,
  Proposal,
  ProposalQuery,
  StoredImage,
} from './image-index.js';
import { SqliteStore } from './sqlite-store.js';
import { VectorMemory } from './vector-memory.js';

/** What the thread of the index does. */
export type IndexJobs = {
  open: { input: null; output: null };
  /** All in one commit. */
  add: { input: readonly NewImage[]; output: AddOutcome[] };
  get: { input: { folder: string; id: string }; output: StoredImage | undefined };
  delete: { input: { folder: string; id: string }; output: boolean };
  list: { input: { folder: string; from: number; count: number }; output: ImagePage };
  propose: { input: ProposalQuery; output: Proposal[] };
  describe: { input: readonly number[]; output: Array<StoredImage | undefined> };
  stats: { input: string; output: IndexStats };
  /** Gives some space back; whether there is more, and bytes on disk. */
  compactSome: { input: null; output: { more: boolean; diskBytes: number } };
};

/** More images with the same bytes are not counted. */
const maxSameFiles = 1000;
/** The details of more proposals are not read: so many come only of images whose hashes are near, which decides. */
const maxDetailReads = 300;
/** How often the thread looks for what other processes wrote when it is not asked to search. */
const followMs = 500;

/** Opens the store when the first job needs it, so that a failure reaches who asked. */
export function createIndexJobs(path: string): JobHandlers<IndexJobs> {
  let opened: { store: SqliteStore; memory: VectorMemory } | undefined;
  const open = (): { store: SqliteStore; memory: VectorMemory } => {
    if (opened === undefined) {
      opened = { store: new SqliteStore(path), memory: new VectorMemory() };
      setInterval(followQuietly, followMs).unref();
    }
    return opened;
  };
  const follow = (own: boolean): void => {
    const { store, memory } = open();
    store.follow(own, memory);
  };
  // Nobody asked: whoever asks next hears of the error, and the thread need not die of it.
  const followQuietly = (): void => {
    try {
      follow(false);
    } catch {}
  };

  return {
    async open() {
      follow(false);
      return null;
    },
    async add(images) {
      const { store } = open();
      const now = Date.now();
      const outcomes = store.transaction(() => {
        const added = images.map((image) => store.add(image, now));
        store.gather();
        return added;
      });
      follow(true);
      return outcomes;
    },
    async delete({ folder, id }) {
      const { store } = open();
      const deleted = store.transaction(() => store.delete(folder, id));
      follow(true);
      return deleted;
    },
    async get({ folder, id }) {
      return open().store.get(folder, id);
    },
    async list({ folder, from, count }) {
      return open().store.list(folder, from, count);
    },
    async propose(query) {
      follow(false);
      const { store, memory } = open();
      const folder = store.folderNumber(query.folder);
      if (folder === undefined) return [];
      const same = new Set(store.sameFiles(folder, query.contentHash, maxSameFiles));
      const hashes = new Map<number, Uint8Array>([...same].map((image) => [image, new Uint8Array()]));
      for (const { image, hash } of memory.propose(folder, query.hashes, query.embeddings, query.nearHash)) {
        hashes.set(image, hash);
      }
      return [...hashes].map(([image, hash], position) => ({
        image,
        sameFile: same.has(image),
        hash,
        details: (position < maxDetailReads ? store.details(image) : undefined) ?? new Uint8Array(),
      }));
    },
    async describe(images) {
      return images.map((image) => open().store.byNumber(image));
    },
    async stats(folder) {
      const { store, memory } = open();
      return { ...store.counts(folder), memoryBytes: memory.bytes, diskBytes: store.diskBytes() };
    },
    async compactSome() {
      const { store } = open();
      return { more: store.compactSome(), diskBytes: store.diskBytes() };
    },
  };
}
