import { parseArgs } from 'node:util';
import { didYouMean } from '../../strings/nearest-name.js';
import { UsageError } from '../command.js';
import type { Option, Options } from './option.js';

/** Options by name, where the types of their values do not matter. */
export type OptionTable = ReadonlyMap<string, Option<unknown>>;

/** What a command line says. */
export interface Given {
  readonly operands: readonly string[];
  /** Values of the options that were given, by name. Those of a flag are `true`. */
  readonly options: ReadonlyMap<string, readonly string[]>;
}

export function optionTable<Values extends object>(options: Options<Values>): OptionTable {
  const table = new Map<string, Option<unknown>>();
  for (const name in options) table.set(name, options[name]);
  return table;
}

/**
 * Splits a command line into options and operands. Values are not checked.
 * @throws UsageError for an unknown option, a missing value, or a value of a flag
 */
export function parseArguments(args: readonly string[], table: OptionTable): Given {
  const types = [...table].map(([name, { kind }]) => [name, { type: kind === 'flag' ? 'boolean' : 'string' }] as const);
  // The strict mode of parseArgs would make sentences of its own, with advice that does not fit every command.
  const { tokens, positionals } = parseArgs({
    args: [...args],
    options: Object.fromEntries(types),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const options = new Map<string, string[]>();
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const value = valueOf(token, table);
    const values = options.get(token.name);
    if (values === undefined) options.set(token.name, [value]);
    else values.push(value);
  }
  return { operands: positionals, options };
}

/**
 * Reads the values of all options, given or not.
 * @throws ConfigError for an invalid value
 */
export function readOptions<Values extends object>(options: Options<Values>, given: Given): Values {
  const values: Partial<Values> = {};
  for (const name in options) {
    values[name] = options[name].read(given.options.get(name) ?? [], `--${name}`);
  }
  if (!hasAll(values, options)) throw new Error('An option has no value');
  return values;
}

function hasAll<Values extends object>(values: Partial<Values>, options: Options<Values>): values is Values {
  return Object.keys(options).every((name) => Object.hasOwn(values, name));
}

interface OptionToken {
  readonly name: string;
  /** As it was written, as in `--json` or `-j`. */
  readonly rawName: string;
  readonly value?: string | undefined;
  /** Whether the value was written behind an equals sign. */
  readonly inlineValue?: boolean | undefined;
}

function valueOf({ name, rawName, value, inlineValue }: OptionToken, table: OptionTable): string {
  const option = table.get(name);
  if (option === undefined || !rawName.startsWith('--')) {
    throw new UsageError(`Unknown option ${rawName}.${didYouMean(name, table.keys(), '--')}`);
  }
  if (option.kind === 'flag') {
    if (value !== undefined) throw new UsageError(`${rawName} takes no value.`);
    return 'true';
  }
  if (value === undefined) throw new UsageError(`${rawName} requires a value: ${rawName} ${option.placeholder}.`);
  // More likely the next option than the value of this one.
  if (value.startsWith('-') && value.length > 1 && inlineValue !== true) {
    throw new UsageError(`${rawName} requires a value. For one that begins with "-", write ${rawName}=${value}.`);
  }
  return value;
}
