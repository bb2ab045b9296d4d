/** A setting that the operator may change: a flag `--name` and an environment variable `VISIOND_NAME`. */
export interface Setting<Value> {
  /** What stands for the value in the help. Empty for a flag without a value, which means `true`. */
  readonly placeholder: string;
  readonly help: string;
  /** As it would be written on the command line. */
  readonly default: string;
  /** @throws Error with a sentence about what is allowed */
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

/** A setting that may be left out. */
export function optional<Value>(
  placeholder: string,
  help: string,
  parse: (text: string) => Value,
): Setting<Value | undefined> {
  return setting(placeholder, '', help, (text) => (text === '' ? undefined : parse(text)));
}
