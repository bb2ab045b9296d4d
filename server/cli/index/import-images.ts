import { readFile } from 'node:fs/promises';
import { AddOutcome, VisionCallError, type IndexClient } from '../../../client/index.js';
import { Code } from '../../../gen/google/rpc/code.js';
import { limits } from '../../contract/limits.js';
import { fileProblem } from '../../files/file-problem.js';
import { UsageError } from '../command.js';
import { Progress } from '../progress.js';
import { openFailureFile, type Failure } from './failure-file.js';
import type { ImportItem } from './import-sources.js';

export interface ImportOptions {
  /** Also sends images that are already in the index. */
  readonly replace: boolean;
  /** Images in flight. */
  readonly parallel: number;
  /** Gets a JSON line for every image that failed. */
  readonly failures: string | undefined;
}

const retryMs = 1000;
const maxRetries = 30;
const shownFailures = 20;

/**
 * Adds images to the index. Those that are already in it are skipped, so an interrupted import continues where it
 * stopped.
 * @returns how many failed
 */
export async function importImages(
  client: IndexClient,
  items: readonly ImportItem[],
  options: ImportOptions,
): Promise<number> {
  const failureFile = options.failures === undefined ? undefined : openFailureFile(options.failures);
  const known = options.replace ? new Set<string>() : await knownIds(client);
  const missing = items.filter(({ id }) => !known.has(id));
  if (missing.length < items.length) {
    process.stderr.write(`${items.length - missing.length} of ${items.length} images are already in the index.\n`);
  }
  const progress = new Progress(missing.length);
  const failures: Failure[] = [];
  const counts = new Map<AddOutcome, number>();
  const remaining = missing.values();
  const sendSome = async (): Promise<void> => {
    for (const item of remaining) {
      const error = await send(client, item).then(
        (outcome) => void counts.set(outcome, (counts.get(outcome) ?? 0) + 1),
        (thrown: unknown) => messageOf(thrown),
      );
      if (error !== undefined) {
        const failure = { ...('file' in item && { file: item.file }), id: item.id, error };
        failures.push(failure);
        failureFile?.add(failure);
      }
      progress.step(error !== undefined);
    }
  };
  try {
    await Promise.all(Array.from({ length: options.parallel }, sendSome));
  } finally {
    progress.end();
  }
  const count = (outcome: AddOutcome): number => counts.get(outcome) ?? 0;
  process.stdout.write(
    `${count(AddOutcome.ADD_OUTCOME_ADDED)} added, ${count(AddOutcome.ADD_OUTCOME_REPLACED)} replaced, ${count(AddOutcome.ADD_OUTCOME_UNCHANGED)} unchanged, ${failures.length} failed.\n`,
  );
  for (const { file, id, error } of failures.slice(0, shownFailures)) process.stderr.write(`${file ?? id}: ${error}\n`);
  if (failures.length > shownFailures) {
    process.stderr.write(`... and ${failures.length - shownFailures} more. --failures FILE gets all of them.\n`);
  }
  return failures.length;
}

async function knownIds(client: IndexClient): Promise<Set<string>> {
  const ids = new Set<string>();
  let pageToken = '';
  do {
    const page = await client.list({ pageSize: limits.pageSize, pageToken });
    for (const { id } of page.images) ids.add(id);
    pageToken = page.nextPageToken;
  } while (pageToken !== '');
  return ids;
}

/** Retries while the server is overloaded or restarting. */
async function send(client: IndexClient, item: ImportItem): Promise<AddOutcome> {
  if ('problem' in item) throw new Error(item.problem);
  const { file, ...data } = item;
  const content = await readFile(file);
  for (let attempt = 0; ; attempt++) {
    try {
      return (await client.add({ ...data, content })).outcome;
    } catch (error) {
      if (!(error instanceof VisionCallError) || error.code !== Code.UNAVAILABLE || attempt === maxRetries) throw error;
      await new Promise((resolve) => setTimeout(resolve, retryMs));
    }
  }
}

/** @throws UsageError if the import cannot continue */
function messageOf(error: unknown): string {
  if (error instanceof VisionCallError && error.code === Code.UNAVAILABLE) {
    throw new UsageError(`The server became unavailable: ${error.message}. Run the same command again to continue.`);
  }
  const problem = fileProblem(error);
  if (problem !== undefined) return `cannot be read: ${problem.reason}`;
  return error instanceof Error ? error.message : String(error);
}
