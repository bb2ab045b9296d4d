import { optionTable, readOptions, type Given, type OptionTable } from '../settings/given-options.js';
import type { Option, Options } from '../settings/option.js';
import { didYouMean } from '../strings/nearest-name.js';
import { UsageError, type Command } from './command.js';
import type { Operands } from './operands.js';
import { helpText, optionSection } from './options/help-text.js';
import { parseArguments } from './options/parse-arguments.js';

/** One action of a command, as in `visiond index add`. */
export interface Action<Context> {
  readonly name: string;
  /** Syntax of its operands. */
  readonly syntax: string;
  readonly help: string;
  /** Its own options, besides those of all actions. */
  readonly options: OptionTable;
  /**
   * Checks what was given before anything is done.
   * @param command for errors, as in `index add`
   * @returns the task, which gives the exit code
   * @throws UsageError, ConfigError
   */
  readonly prepare: (given: Given, command: string) => (context: Context) => Promise<number>;
}

export interface ActionDefinition<Context, Values extends object, Operand> {
  readonly name: string;
  readonly help: string;
  readonly operands: Operands<Operand>;
  readonly options: Options<Values>;
  /** @returns the exit code */
  readonly run: (context: Context, operand: Operand, values: Values) => Promise<number>;
}

export function defineAction<Context, Values extends object, Operand>({
  name,
  help,
  operands,
  options,
  run,
}: ActionDefinition<Context, Values, Operand>): Action<Context> {
  return {
    name,
    syntax: operands.syntax,
    help,
    options: optionTable(options),
    prepare(given, command) {
      const operand = operands.read(given.operands, command);
      const values = readOptions(options, given);
      return (context) => run(context, operand, values);
    },
  };
}

export interface ActionsDefinition<Context, Shared extends object> {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** What the command does, for its help text. */
  readonly about: string;
  readonly actions: ReadonlyArray<Action<Context>>;
  /** Options of all actions. */
  readonly shared: Options<Shared>;
  /** End of the help text, as exit codes. */
  readonly notes?: string;
  /** Gives a task what the shared options stand for, and cleans up after it. */
  readonly around: (shared: Shared, task: (context: Context) => Promise<number>) => Promise<number>;
}

/** A command with actions, which is called as `visiond NAME ACTION`. Options may come before the action. */
export function defineActions<Context, Shared extends object>({
  name,
  summary,
  about,
  actions,
  shared,
  notes,
  around,
}: ActionsDefinition<Context, Shared>): Command {
  const sharedTable = optionTable(shared);
  const all = union([...actions.map(({ options }) => options), sharedTable]);
  return {
    name,
    summary,
    help: helpText({
      about,
      usage: `visiond ${name} ACTION [OPTIONS]`,
      sections: [
        {
          title: 'Actions',
          rows: actions.map(({ name: each, syntax, help }) => [`${each} ${syntax}`.trimEnd(), help]),
        },
        ...actions.map((action) => optionSection(`Options of ${action.name}`, action.options)),
        optionSection(actions.length > 1 ? 'Options of all actions' : 'Options', sharedTable),
      ],
      notes,
    }),
    async run(args) {
      const { operands, options } = parseArguments(args, all);
      const [wanted, ...others] = operands;
      const action = actions.find((each) => each.name === wanted);
      if (action === undefined) throw new UsageError(unknownAction(name, wanted, actions));
      const command = `${name} ${action.name}`;
      const foreign = [...options.keys()].find((each) => !action.options.has(each) && !sharedTable.has(each));
      if (foreign !== undefined) throw new UsageError(`${command} does not take --${foreign}.`);
      const given = { operands: others, options };
      const task = action.prepare(given, command);
      return around(readOptions(shared, given), task);
    },
  };
}

/** @throws Error if actions disagree on whether an option has a value: its place could not tell */
function union(tables: readonly OptionTable[]): OptionTable {
  const all = new Map<string, Option<unknown>>();
  for (const [name, option] of tables.flatMap((table) => [...table])) {
    const other = all.get(name) ?? option;
    if ((other.kind === 'flag') !== (option.kind === 'flag')) {
      throw new Error(`--${name} has a value in some actions only`);
    }
    all.set(name, option);
  }
  return all;
}

function unknownAction(command: string, wanted: string | undefined, actions: ReadonlyArray<Action<never>>): string {
  const names = actions.map(({ name }) => name);
  const known = `Known: ${names.join(', ')}.`;
  if (wanted === undefined) return `${command} requires an action. ${known}`;
  return `Unknown action "${wanted}" of ${command}.${didYouMean(wanted, names)} ${known}`;
}
