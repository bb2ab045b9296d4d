import { UsageError } from './command.js';

/** What a command takes besides options, as in the FILE of `visiond index add FILE`. */
export interface Operands<Value> {
  /** For the help text, as in `FILE...`. Empty if the command takes none. */
  readonly syntax: string;
  /**
   * @param command for errors, as in `index add`
   * @throws UsageError if there are too few or too many
   */
  readonly read: (texts: readonly string[], command: string) => Value;
}

export const noOperands: Operands<undefined> = {
  syntax: '',
  read: (texts, command) => {
    if (texts.length > 0) throw new UsageError(`${command} takes no arguments, got "${texts.join(' ')}".`);
    return undefined;
  },
};

export function oneOperand(placeholder: string): Operands<string> {
  return {
    syntax: placeholder,
    read: (texts, command) => {
      const [text] = texts;
      if (text === undefined) throw new UsageError(`${command} requires ${placeholder}.`);
      if (texts.length > 1) throw new UsageError(`${command} takes one ${placeholder}, got ${texts.length}.`);
      return text;
    },
  };
}

export function optionalOperand(placeholder: string): Operands<string | undefined> {
  return {
    syntax: `[${placeholder}]`,
    read: (texts, command) => {
      if (texts.length > 1) throw new UsageError(`${command} takes at most one ${placeholder}, got ${texts.length}.`);
      return texts[0];
    },
  };
}

export function someOperands(placeholder: string): Operands<readonly string[]> {
  return {
    syntax: `${placeholder}...`,
    read: (texts, command) => {
      if (texts.length === 0) throw new UsageError(`${command} requires at least one ${placeholder}.`);
      return texts;
    },
  };
}
