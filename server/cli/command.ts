/** A subcommand of `visiond`. */
export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  readonly help: string;
  /** Goes on when what it prints cannot be written. */
  readonly outlivesOutput?: boolean;
  /** @returns the exit code */
  run(args: readonly string[]): Promise<number>;
}

/** A mistake of the user, as a sentence. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
