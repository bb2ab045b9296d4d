import { environmentName, settings } from '../../config.js';
import type { Option, Options } from '../../settings/option.js';
import type { Setting } from '../../settings/setting.js';

/** Settings by name as they were given: unchecked, for readConfig, which checks all of them together. */
type ConfigFlags = Readonly<Record<string, string | undefined>>;

/** All settings of the server. */
export const configOptions: Options<ConfigFlags> = Object.fromEntries(
  Object.entries(settings).map(([name, setting]) => [name, optionOf(name, setting)]),
);

/** One setting of the server, for a command that needs only some. */
export function settingOption(name: keyof typeof settings): Option<string | undefined> {
  return optionOf(name, settings[name]);
}

/** The folders of a server, for commands that work on them. */
export const folderOptions = {
  'data-dir': settingOption('data-dir'),
  'models-dir': settingOption('models-dir'),
};

function optionOf(name: string, setting: Setting<unknown>): Option<string | undefined> {
  const isFlag = setting.placeholder === '';
  const fallback = setting.default === '' || isFlag ? '' : ` Default ${setting.default}.`;
  return {
    kind: isFlag ? 'flag' : 'text',
    placeholder: setting.placeholder,
    help: `${setting.help}${fallback} Environment: ${environmentName(name)}.`,
    read: (texts) => texts.at(-1),
  };
}
