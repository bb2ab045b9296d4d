import { fstatSync, statSync } from 'node:fs';

/** Exit code of a program that SIGPIPE ended, which Node never gets. */
const brokenPipe = 141;

/** Whether the caller of `printSurely` decides what happens. */
let isWatched = false;

/**
 * Says what happens when nobody reads what the process prints, or its disk is full. Without it, Node throws.
 * Errors on standard error are never fatal: there is nowhere left to tell them.
 */
export function onFailedOutput(reaction: 'end' | 'go on'): void {
  process.stderr.on('error', () => {});
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (reaction === 'go on' || isWatched) return;
    // As in `visiond analyze ... | head -1`: the reader has seen enough.
    if (error.code === 'EPIPE') process.exit(brokenPipe);
    process.stderr.write(`Cannot write the output: ${error.message}.\n`);
    process.exit(1);
  });
}

/**
 * Prints what nobody can ask for again, and waits until it is written.
 * @throws Error where it cannot be written, or nobody would see it
 */
export async function printSurely(text: string): Promise<void> {
  if (goesNowhere()) throw new Error('standard output is closed or /dev/null');
  isWatched = true;
  await new Promise<void>((resolve, reject) => {
    process.stdout.write(text, (error) => (error == null ? resolve() : reject(error)));
  });
  // Not where it failed: the event of the error comes after its callback.
  isWatched = false;
}

/** Node opens /dev/null where the standard output was closed. */
function goesNowhere(): boolean {
  const nowhere = statSync('/dev/null', { throwIfNoEntry: false });
  const output = fstatSync(process.stdout.fd);
  return nowhere !== undefined && output.isCharacterDevice() && output.rdev === nowhere.rdev;
}
