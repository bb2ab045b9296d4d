import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { createKeyStore, type KeyStore } from '../auth/key-store.js';
import { readConfig } from '../config.js';
import { limits } from '../contract/limits.js';
import { fileProblem, UnusableFileError } from '../files/file-problem.js';
import { prepareFolder } from '../files/writable-folder.js';
import { parseCommandLine, UsageError, type Command } from './command.js';
import { printSurely } from './failed-output.js';

export const keysCommand: Command = {
  summary: 'Creates, lists and revokes the keys of clients.',
  help: `Creates, lists and revokes the keys of clients, for a server with --auth keys. A running server sees changes at once.

Usage: visiond keys create --folder FOLDER... [OPTIONS]
       visiond keys list
       visiond keys revoke ID

  --folder FOLDER        Folder that the key may use, * for any. May be given several times.
  --name NAME            What the key is for, for your own list.
  --authorized-key FILE  Writes an authorized key for the official SDKs (serviceAccountJson) instead of an API key.
  --data-dir DIR         Data folder of the server. Default VISIOND_DATA_DIR or ./data.

An API key is shown once, when it is made. The server keeps a hash of it.
`,
  async run(args) {
    const { values, positionals } = parseCommandLine(args, {
      folder: { type: 'string', multiple: true, default: [] },
      name: { type: 'string', default: '' },
      'authorized-key': { type: 'string' },
      'data-dir': { type: 'string' },
    });
    const dataFolder = readConfig({ 'data-dir': values['data-dir'] }, process.env)['data-dir'];
    const store = createKeyStore(dataFolder);
    const [action, id, ...others] = positionals;
    if (action === 'list' && id === undefined) return list(store);
    if (action === 'revoke' && id !== undefined && others.length === 0) return revoke(store, id);
    if (action !== 'create' || id !== undefined) {
      throw new UsageError('keys takes "create", "list", or "revoke" and an id.');
    }
    const { folder: folders, name } = values;
    if (folders.length === 0) throw new UsageError('keys create needs --folder FOLDER, or --folder "*" for any.');
    const unfit = folders.find((folder) => folder === '' || folder.length > limits.folderIdLength);
    if (unfit !== undefined) {
      throw new UsageError(`--folder "${unfit}" is no folder: 1 to ${limits.folderIdLength} characters are.`);
    }
    await prepareFolder('data folder', dataFolder, '--data-dir DIR');
    const file = values['authorized-key'];
    return file === undefined ? createApiKey(store, name, folders) : createAuthorizedKey(store, name, folders, file);
  },
};

async function createApiKey(store: KeyStore, name: string, folders: readonly string[]): Promise<number> {
  const { id, key } = await store.createApiKey({ name, folders });
  try {
    await printSurely(
      `Key ${id}. It is shown this once:\n\n${key}\n\nClients send it as: Authorization: Api-Key ${key}\n`,
    );
  } catch (error) {
    await store.revoke(id);
    const reason = fileProblem(error)?.reason ?? (error instanceof Error ? error.message : String(error));
    throw new UnusableFileError(`The key was taken back, because it could not be shown: ${reason}.`);
  }
  return 0;
}

async function createAuthorizedKey(
  store: KeyStore,
  name: string,
  folders: readonly string[],
  file: string,
): Promise<number> {
  const { id, privateKey } = await store.createAuthorizedKey({ name, folders });
  // The names that the original's own tool writes.
  const content = { id, service_account_id: id, key_algorithm: 'RSA_2048', private_key: privateKey };
  try {
    createFile(file, `${JSON.stringify(content, undefined, 2)}\n`);
  } catch (error) {
    await store.revoke(id);
    throw new UnusableFileError(`${file} cannot be written: ${fileProblem(error)?.reason ?? String(error)}.`);
  }
  process.stdout.write(`Key ${id}, written to ${file}\n`);
  return 0;
}

/** A file that is there already may be another key. */
function createFile(path: string, text: string): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    writeFileSync(file, text);
  } catch (error) {
    rmSync(path);
    throw error;
  } finally {
    closeSync(file);
  }
}

function list(store: KeyStore): number {
  for (const { id, name, folders, created, publicKey } of store.list()) {
    const kind = publicKey === undefined ? 'API key' : 'authorized key';
    process.stdout.write(
      `${id}  ${kind}  ${created}  folders ${folders.join(', ')}${name === '' ? '' : `  ${name}`}\n`,
    );
  }
  return 0;
}

async function revoke(store: KeyStore, id: string): Promise<number> {
  if (!(await store.revoke(id))) throw new UsageError(`There is no key "${id}". visiond keys list shows them.`);
  process.stdout.write(`Key ${id} is revoked.\n`);
  return 0;
}
