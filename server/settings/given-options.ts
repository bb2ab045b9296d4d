import type { Option, Options } from './option.js';
import { hasAll } from './setting.js';

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
