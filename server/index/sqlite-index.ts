import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { WorkerPool, type WorkerPoolOptions } from '../inference/worker-pool.js';
import { repositoryRoot } from '../paths.js';
import type { AddOutcome, ImageIndex, NewImage } from './image-index.js';
import type { IndexJobs } from './index-jobs.js';

interface WaitingAdd {
  readonly image: NewImage;
  readonly resolve: (outcome: AddOutcome) => void;
  readonly reject: (error: unknown) => void;
}

/** What the owner of an index may hear of it. */
export type IndexEvents = Pick<WorkerPoolOptions, 'onCrash' | 'onLost'>;

/** Images of one commit. Searches wait for it. */
const maxCommit = 64;
const never = new AbortController().signal;

/**
 * The index of one machine: a thread that holds an SQLite file and the vectors of all images. It is one thread so that
 * neither commits nor scans block the thread that answers the network.
 */
export function openSqliteIndex(path: string, events: IndexEvents = {}): ImageIndex {
  let started: WorkerPool<IndexJobs> | undefined;
  // Not before the first use: most commands that have an engine have no use for the index.
  const run: WorkerPool<IndexJobs>['run'] = (name, input, signal) => {
    started ??= new WorkerPool<IndexJobs>({
      entry: pathToFileURL(join(repositoryRoot, 'dist/server/index-worker.js')),
      size: 1,
      workerData: { path },
      ...events,
    });
    return started.run(name, input, signal);
  };
  const waiting: WaitingAdd[] = [];
  let committing = false;
  // Images that arrive during a commit share the next one: the disk is waited for once.
  const commit = async (): Promise<void> => {
    if (committing) return;
    committing = true;
    while (waiting.length > 0) {
      const batch = waiting.splice(0, maxCommit);
      await run('add', batch.map(({ image }) => image), never).then(
        (outcomes) => batch.forEach(({ resolve }, index) => resolve(outcomes[index]!)),
        (error: unknown) => batch.forEach(({ reject }) => reject(error)),
      );
    }
    committing = false;
  };
  return {
    ready: async () => void (await run('open', null, never)),
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
