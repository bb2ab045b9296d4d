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

/** Two columns, the second wrapped at the width of a terminal. */
export function table(rows: ReadonlyArray<readonly [left: string, right: string]>, width = 110): string {
  const indent = Math.max(...rows.map(([left]) => left.length)) + 4;
  return rows.map(([left, right]) => `  ${left.padEnd(indent - 2)}${wrap(right, width - indent, indent)}`).join('\n');
}

function wrap(text: string, width: number, indent: number): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].join(`\n${' '.repeat(indent)}`);
}
