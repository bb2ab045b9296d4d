import { environmentName, readConfig, settings, type Config } from '../../config.js';
import { table } from '../command.js';

/** The settings of the server as options of the command line. */
export const configOptions = Object.fromEntries(
  Object.entries(settings).map(([name, { placeholder }]) => [
    name,
    { type: placeholder === '' ? ('boolean' as const) : ('string' as const) },
  ]),
);

/** The settings as rows of a help text. */
export const configHelp = table(
  Object.entries(settings).map(([name, { placeholder, help, default: value }]) => [
    `--${name} ${placeholder}`.trimEnd(),
    `${help}${value === '' || placeholder === '' ? '' : ` Default ${value}.`} Environment: ${environmentName(name)}`,
  ]),
);

/** The config from parsed options and the environment. */
export function configFrom(values: Readonly<Record<string, unknown>>): Config {
  const flags = Object.keys(settings).flatMap((name) => {
    const value = values[name];
    return typeof value === 'string' || value === true ? [[name, String(value)] as const] : [];
  });
  return readConfig(Object.fromEntries(flags), process.env);
}
