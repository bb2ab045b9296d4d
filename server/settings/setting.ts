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
