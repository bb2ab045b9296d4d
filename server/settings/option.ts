import { parseValue } from './setting.js';
import { integer } from './values.js';

/** An option of a command. Parsing and help text both come from it. */
export interface Option<Value> {
  /** A list may be given several times. Of any other option, the last one given counts. */
  readonly kind: 'flag' | 'text' | 'count' | 'list';
  /** Shown for the value in the help text, as in `FILE`. Empty for a flag. */
  readonly placeholder: string;
  readonly help: string;
  /**
   * @param texts the values given on the command line, in order; `true` for a flag
   * @param name of the option, for errors, as in `--max`
   * @throws ConfigError for an invalid value
   */
  readonly read: (texts: readonly string[], name: string) => Value;
}

/** The options of a command by name, without dashes. `Values` has the types of their values. */
export type Options<Values> = { readonly [Name in keyof Values]: Option<Values[Name]> };

type Parse<Value> = (text: string) => Value;

const asIs: Parse<string> = (text) => text;

export function flag(help: string): Option<boolean> {
  return { kind: 'flag', placeholder: '', help, read: (texts) => texts.length > 0 };
}

/** An option with a value that may be omitted. */
export function text(placeholder: string, help: string): Option<string | undefined>;
/** @param parse throws an Error with what is allowed, as in `must be HOST:PORT` */
export function text(placeholder: string, help: string, fallback: string, parse?: Parse<string>): Option<string>;
export function text(placeholder: string, help: string, fallback?: string, parse = asIs): Option<string | undefined> {
  return {
    kind: 'text',
    placeholder,
    help: withDefault(help, fallback ?? ''),
    read: (texts, name) => {
      const given = texts.at(-1) ?? fallback;
      return given === undefined ? undefined : parseValue(name, given, parse);
    },
  };
}

/** An option that takes an integer from 1 to `max`. */
export function count(
  placeholder: string,
  help: string,
  { fallback, max }: { readonly fallback: number; readonly max: number },
): Option<number> {
  return {
    kind: 'count',
    placeholder,
    help: withDefault(help, String(fallback)),
    read: (texts, name) => parseValue(name, texts.at(-1) ?? String(fallback), integer(1, max)),
  };
}

/**
 * An option that may be given several times.
 * @param parse of each value; throws an Error with what is allowed
 */
export function list(placeholder: string, help: string, parse = asIs): Option<readonly string[]> {
  return {
    kind: 'list',
    placeholder,
    help: `${help} Can be given several times.`,
    read: (texts, name) => texts.map((each) => parseValue(name, each, parse)),
  };
}

function withDefault(help: string, fallback: string): string {
  return fallback === '' ? help : `${help} Default ${fallback}.`;
}
