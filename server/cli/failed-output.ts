/** Exit code of a program that SIGPIPE ended, which Node never gets. */
const brokenPipe = 141;

/**
 * Says what happens when nobody reads what the process prints, or its disk is full. Without it, Node throws.
 * Errors on standard error are never fatal: there is nowhere left to tell them.
 */
export function onFailedOutput(reaction: 'end' | 'go on'): void {
  process.stderr.on('error', () => {});
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (reaction === 'go on') return;
    // As in `visiond analyze ... | head -1`: the reader has seen enough.
    if (error.code === 'EPIPE') process.exit(brokenPipe);
    process.stderr.write(`The output cannot be written: ${error.message}.\n`);
    process.exit(1);
  });
}
