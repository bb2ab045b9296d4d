import { messageOf } from '../errors/message-of.js';
import { ConfigError } from './config-error.js';

/** A setting of the server: a flag `--name` and an environment variable `VISIOND_NAME`. */
export interface Setting<Value> {
  /** What the help text shows for the value. Empty for a flag, whose value is `true` when it is set. */
  readonly placeholder: string;
  readonly help: string;
  /** As on the command line. */
  readonly default: string;
  /** @throws Error with what is allowed, as in `must be an integer from 1 to 8` */
  readonly parse: (text: string) => Value;
}

export function setting<Value>(
  placeholder: string,
  def: string,
  help: string,
  parse: (text: string) => Value,
): Setting<Value> {
  return { placeholder, help, default: def, parse };
}

/**
 * Parses the value of a setting or an option.
 * @param source where the value is from, as in `--workers`
 * @throws ConfigError that names the source and the value
 */
export function parseValue<Value>(source: string, text: string, parse: (text: string) => Value): Value {
  try {
    return parse(text);
  } catch (error) {
    throw new ConfigError(`Invalid ${source} "${text}": ${messageOf(error)}.`);
  }
}

/** A setting that may be omitted. */
export function optional<Value>(
  placeholder: string,
  help: string,
  parse: (text: string) => Value,
): Setting<Value | undefined> {
  return setting(placeholder, '', help, (text) => (text === '' ? undefined : parse(text)));
}

/**
 * Parses all settings.
 * @param textOf the text of a setting and where it is from, as in `--workers`
 * @throws ConfigError that names the source and the value
 */
export function readSettings<Values extends object>(
  settings: { readonly [Name in keyof Values]: Setting<Values[Name]> },
  textOf: (name: string, setting: Setting<unknown>) => readonly [source: string, text: string],
): Values {
  const values: Partial<Values> = {};
  for (const name in settings) {
    const [source, text] = textOf(name, settings[name]);
    values[name] = parseValue(source, text, settings[name].parse);
  }
  if (!hasAll(values, settings)) throw new Error('A setting has no value');
  return values;
}

/** Whether there is a value for every entry of a table. */
export function hasAll<Values extends object>(
  values: Partial<Values>,
  table: { readonly [Name in keyof Values]: unknown },
): values is Values {
  return Object.keys(table).every((name) => Object.hasOwn(values, name));
}
