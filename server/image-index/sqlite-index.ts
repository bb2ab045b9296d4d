import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { VisionError } from '../errors/errors.js';
import { messageOf } from '../errors/message-of.js';
import { fileReason } from '../files/file-problem.js';
import { repositoryRoot } from '../paths.js';
import type { WorkerPoolOptions } from '../threads/pool-options.js';
import { WorkerPool } from '../threads/worker-pool.js';
import type { AddOutcome, ImageIndex, NewImage } from './image-index.js';
import { IndexFileError } from './index-file.js';
import type { IndexJobs } from './index-jobs.js';
import { storageError } from './storage-error.js';

interface WaitingAdd {
  readonly image: NewImage;
  readonly resolve: (outcome: AddOutcome) => void;
  readonly reject: (error: unknown) => void;
}

/** Callbacks of whoever opens an index. */
export interface IndexEvents extends Pick<WorkerPoolOptions, 'onCrash' | 'onLost'> {
  /**
   * Called after every access. `failure` is set where the file could not be used: the callers' error, and its cause.
   */
  readonly onAccess?: (
    kind: 'reads' | 'writes',
    failure: { readonly error: VisionError; readonly cause: unknown } | undefined,
  ) => void;
}

/** Images per commit. Searches wait for it. */
const imagesPerCommit = 64;
const writeJobs: ReadonlySet<keyof IndexJobs> = new Set<keyof IndexJobs>(['add', 'delete', 'compactSome']);
const never = new AbortController().signal;

/**
 * Opens the index of one machine: a thread that holds the SQLite file and the vectors of all images. It has its own
 * thread because commits and scans would block the one that serves the network.
 */
export function openSqliteIndex(path: string, events: IndexEvents = {}): ImageIndex {
  let started: WorkerPool<IndexJobs> | undefined;
  // Started at the first use: most commands that create an engine do not use the index.
  const pool = (): WorkerPool<IndexJobs> =>
    (started ??= new WorkerPool<IndexJobs>({
      name: 'index',
      entry: pathToFileURL(join(repositoryRoot, 'dist/server/image-index/index-worker.js')),
      size: 1,
      workerData: { path },
      ...events,
    }));
  const run: WorkerPool<IndexJobs>['run'] = async (name, input, signal) => {
    const kind = writeJobs.has(name) ? 'writes' : 'reads';
    try {
      const output = await pool().run(name, input, signal);
      events.onAccess?.(kind, undefined);
      return output;
    } catch (cause) {
      const error = storageError(cause);
      if (error === undefined) throw cause;
      events.onAccess?.(kind, { error, cause });
      throw error;
    }
  };
  const waiting: WaitingAdd[] = [];
  let committing = false;
  // Images that arrive during a commit share the next one, and with it the wait for the disk.
  const commit = async (): Promise<void> => {
    if (committing) return;
    committing = true;
    while (waiting.length > 0) {
      const batch = waiting.splice(0, imagesPerCommit);
      await run(
        'add',
        batch.map(({ image }) => image),
        never,
      ).then(
        (outcomes) => batch.forEach(({ resolve }, index) => resolve(outcomes[index]!)),
        (error: unknown) => batch.forEach(({ reject }) => reject(error)),
      );
    }
    committing = false;
  };
  return {
    ready: async () => {
      const { isReadOnly } = await pool()
        .run('open', null, never)
        .catch((error: unknown) => {
          throw startError(error, path);
        });
      if (!isReadOnly) return;
      const cause = `${path} or its folder is read-only`;
      events.onAccess?.('writes', { error: VisionError.of('STORAGE_READ_ONLY'), cause });
    },
    add: (image, signal) =>
      new Promise((resolve, reject) => {
        signal.throwIfAborted();
        waiting.push({ image, resolve, reject });
        void commit();
      }),
    get: (folder, id, signal) => run('get', { folder, id }, signal),
    delete: (folder, id, signal) => run('delete', { folder, id }, signal),
    list: (folder, from, count, signal) => run('list', { folder, from, count }, signal),
    findCandidates: (query, signal) => run('findCandidates', query, signal),
    getMany: (images, signal) => run('getMany', images, signal),
    stats: (folder, signal) => run('stats', folder, signal),
    totals: (signal) => run('totals', null, signal),
    async compact(signal) {
      for (;;) {
        const { more, diskBytes } = await run('compactSome', null, signal);
        if (!more) return diskBytes;
      }
    },
    close: async () => started?.close(),
  };
}

/** The error of a store that cannot be opened, for the operator: which file, and what is wrong with it. */
function startError(error: unknown, path: string): IndexFileError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const message = messageOf(error);
  if (code === 'INDEX_UNUSABLE') return new IndexFileError(message);
  const known = storageError(error)?.reason;
  const reason = fileReason(known === 'STORAGE_FULL' ? 'ENOSPC' : code) ?? message;
  const remedy = known === 'STORAGE_CORRUPT' ? 'Restore a backup of it, or choose' : 'Choose';
  return new IndexFileError(
    `The index ${path} cannot be opened: ${reason}. ${remedy} another with --index sqlite:PATH.`,
    undefined,
    { cause: error },
  );
}
