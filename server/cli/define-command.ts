import { optionTable, readOptions, type Given, type OptionTable } from '../settings/given-options.js';
import type { Options } from '../settings/option.js';
import type { Command } from './command.js';
import type { Operands } from './operands.js';
import { helpText, optionSection } from './options/help-text.js';
import { parseArguments } from './options/parse-arguments.js';

export interface CommandDefinition<Values extends object, Operand> {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** What the command does, for its help text. */
  readonly about: string;
  readonly operands: Operands<Operand>;
  readonly options: Options<Values>;
  /** Options whose values `run` reads from what was given. */
  readonly moreOptions?: readonly OptionTable[];
  /** End of the help text, as exit codes. */
  readonly notes?: string;
  readonly outlivesOutput?: boolean;
  /** @returns the exit code */
  readonly run: (values: Values, operand: Operand, given: Given) => Promise<number>;
}

/** A command without actions. */
export function defineCommand<Values extends object, Operand>({
  name,
  summary,
  about,
  operands,
  options,
  moreOptions = [],
  notes,
  outlivesOutput = false,
  run,
}: CommandDefinition<Values, Operand>): Command {
  const table = new Map(moreOptions.flatMap((more) => Array.from(more)).concat(Array.from(optionTable(options))));
  return {
    name,
    summary,
    outlivesOutput,
    help: helpText({
      about,
      usage: ['visiond', name, operands.syntax, '[OPTIONS]'].filter((part) => part !== '').join(' '),
      sections: [optionSection('Options', table)],
      notes,
    }),
    async run(args) {
      const given = parseArguments(args, table);
      return run(readOptions(options, given), operands.read(given.operands, name), given);
    },
  };
}
