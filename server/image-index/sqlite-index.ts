import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { VisionError } from '../errors/errors.js';
import { fileReason } from '../files/file-problem.js';
import { repositoryRoot } from '../paths.js';
import { WorkerPool, type WorkerPoolOptions } from '../threads/worker-pool.js';
import type { AddOutcome, ImageIndex, NewImage } from './image-index.js';
import { IndexFileError } from './index-file.js';
import type { IndexJobs } from './index-jobs.js';
import { storageError } from './storage-error.js';

interface WaitingAdd {
  readonly image: NewImage;
  readonly resolve: (outcome: AddOutcome) => void;
  readonly reject: (error: unknown) => void;
}

/** What the owner of an index may hear of it. */
export interface IndexEvents extends Pick<WorkerPoolOptions, 'onCrash' | 'onLost'> {
  /** Told with every access whether the file could be used, and if not, what callers are told and why. */
  readonly onAccess?: (
    kind: 'reads' | 'writes',
    failure: { readonly error: VisionError; readonly cause: unknown } | undefined,
  ) => void;
}

/** Images of one commit. Searches wait for it. */
const maxCommit = 64;
const writing: ReadonlySet<keyof IndexJobs> = new Set<keyof IndexJobs>(['add', 'delete', 'compactSome']);
const never = new AbortController().signal;

/**
 * The index of one machine: a thread that holds an SQLite file and the vectors of all images. It is one thread so that
 * neither commits nor scans block the thread that answers the network.
 */
export function openSqliteIndex(path: string, events: IndexEvents = {}): ImageIndex {
  let started: WorkerPool<IndexJobs> | undefined;
  // Not before the first use: most commands that have an engine have no use for the index.
  const pool = (): WorkerPool<IndexJobs> =>
    (started ??= new WorkerPool<IndexJobs>({
      name: 'index',
      entry: pathToFileURL(join(repositoryRoot, 'dist/server/image-index/index-worker.js')),
      size: 1,
      workerData: { path },
      ...events,
    }));
  const run: WorkerPool<IndexJobs>['run'] = async (name, input, signal) => {
    const kind = writing.has(name) ? 'writes' : 'reads';
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
  // Images that arrive during a commit share the next one: the disk is waited for once.
  const commit = async (): Promise<void> => {
    if (committing) return;
    committing = true;
    while (waiting.length > 0) {
      const batch = waiting.splice(0, maxCommit);
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
      await pool()
        .run('open', null, never)
        .catch((error: unknown) => {
          throw startError(error, path);
        });
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
    propose: (query, signal) => run('propose', query, signal),
    describe: (images, signal) => run('describe', images, signal),
    stats: (folder, signal) => run('stats', folder, signal),
    async compact(signal) {
      for (;;) {
        const { more, diskBytes } = await run('compactSome', null, signal);
        if (!more) return diskBytes;
      }
    },
    close: async () => started?.close(),
  };
}

/** Tells the operator which file cannot be opened and why. */
function startError(error: unknown, path: string): IndexFileError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const message = error instanceof Error ? error.message : String(error);
  if (code === 'INDEX_UNUSABLE') return new IndexFileError(message);
  const reason = fileReason(storageError(error)?.reason === 'STORAGE_FULL' ? 'ENOSPC' : code) ?? message;
  return new IndexFileError(
    `The index ${path} cannot be opened: ${reason}. Choose another with --index sqlite:PATH.`,
    undefined,
    { cause: error },
  );
}
