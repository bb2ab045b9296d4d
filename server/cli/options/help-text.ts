import type { OptionTable } from '../../settings/given-options.js';

/** A part of a help text: a title and two columns below it. */
export interface HelpSection {
  readonly title: string;
  readonly rows: ReadonlyArray<readonly [left: string, right: string]>;
}

/** The help text of a command. */
export interface HelpText {
  /** What the command does. */
  readonly about: string;
  /** The command line, as in `visiond index ACTION [OPTIONS]`. */
  readonly usage: string;
  readonly sections: readonly HelpSection[];
  /** Comes last, as exit codes do. */
  readonly notes?: string | undefined;
}

export function optionSection(title: string, options: OptionTable): HelpSection {
  const rows = [...options].map(
    ([name, { placeholder, help }]) => [`--${name} ${placeholder}`.trimEnd(), help] as const,
  );
  return { title, rows };
}

export function helpText({ about, usage, sections, notes }: HelpText): string {
  const parts = sections.filter(({ rows }) => rows.length > 0).map(({ title, rows }) => `${title}:\n${table(rows)}`);
  const ending = notes === undefined ? [] : [wrap(notes)];
  return [wrap(about), `Usage: ${usage}`, ...parts, ...ending].join('\n\n');
}

/** Columns of a terminal. */
const terminalWidth = 110;

/** Two columns, the right one wrapped. */
export function table(rows: ReadonlyArray<readonly [left: string, right: string]>): string {
  const indent = Math.max(...rows.map(([left]) => left.length)) + 4;
  return rows.map(([left, right]) => `  ${left.padEnd(indent - 2)}${wrap(right, indent)}`).join('\n');
}

/** @param indent of the lines after the first */
function wrap(text: string, indent = 0): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > terminalWidth - indent) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].join(`\n${' '.repeat(indent)}`);
}
