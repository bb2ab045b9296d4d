import { readConfig, type Config } from '../../config.js';

/** Options of commands that look into the folders of a server. */
export const folderOptions = {
  'data-dir': { type: 'string' },
  'models-dir': { type: 'string' },
} as const;

export const folderHelp = `  --data-dir DIR    Data folder of the server. Default VISIOND_DATA_DIR or ./data.
  --models-dir DIR  Models folder of the server. Default VISIOND_MODELS_DIR or the folder models in the data folder.`;

interface Values {
  readonly 'data-dir'?: string | undefined;
  readonly 'models-dir'?: string | undefined;
}

/** The config of a server with these folders. */
export function configOfFolders(values: Values): Config {
  return readConfig({ 'data-dir': values['data-dir'], 'models-dir': values['models-dir'] }, process.env);
}
