import { parseArgs } from 'node:util';
import type { Given, OptionTable } from '../../settings/given-options.js';
import { didYouMean } from '../../strings/nearest-name.js';
import { UsageError } from '../command.js';

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
