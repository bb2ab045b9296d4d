import { parseArgs, type ParseArgsConfig } from 'node:util';

/** A subcommand of `visiond`. */
export interface Command {
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

/** What `parseArgs` understands of the options of a command. `--help` is among them. */
export function parseCommandLine<const Options extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: Options,
) {
  try {
    return parseArgs({
      args: [...args],
      options: { ...options, help: { type: 'boolean', short: 'h' } },
      allowPositionals: true,
    });
  } catch (error) {
    // The first sentence names the option, the rest explains how to pass an argument that looks like one.
    const message = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${message.split('. ')[0] ?? message}.`);
  }
}
