import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { createKeyStore, type KeyGrant } from '../auth/key-store.js';
import { readConfig } from '../config.js';
import { limits } from '../contract/limits.js';
import { messageOf } from '../errors/message-of.js';
import { fileProblem, UnusableFileError } from '../files/file-problem.js';
import { prepareFolder } from '../files/writable-folder.js';
import { flag, list, text } from '../settings/option.js';
import { UsageError } from './command.js';
import { defineAction, defineActions } from './define-actions.js';
import { printSurely } from './failed-output.js';
import { noOperands, oneOperand } from './operands.js';
import { settingOption } from './options/config-options.js';

/** What an action works with: the data folder of the server. */
type DataFolder = string;

const createOptions = {
  folder: list('FOLDER', 'Folder that the key may use, * for any.', parseFolder),
  admin: flag('Makes an administrator, who may also compact the image index and see its size.'),
  name: text('NAME', 'Description of the key, shown by list.', ''),
  'authorized-key': text(
    'FILE',
    'Writes an authorized key for the official SDKs (serviceAccountJson) to FILE, instead of printing an API key.',
  ),
};

const createKey = defineAction({
  name: 'create',
  help: 'Creates a key and prints it. It is printed only once: the server keeps a hash of it.',
  operands: noOperands,
  options: createOptions,
  async run(dataFolder: DataFolder, _none, { folder: folders, admin: administrator, name, 'authorized-key': file }) {
    if (folders.length === 0) {
      throw new UsageError('keys create requires --folder FOLDER, or --folder "*" for any folder.');
    }
    await prepareFolder('data folder', dataFolder, '--data-dir DIR');
    const grant = { name, folders, administrator };
    return file === undefined ? createApiKey(dataFolder, grant) : createAuthorizedKey(dataFolder, grant, file);
  },
});

const listKeys = defineAction({
  name: 'list',
  help: 'Lists the keys.',
  operands: noOperands,
  options: {},
  async run(dataFolder: DataFolder) {
    for (const { id, name, folders, administrator, created, publicKey } of createKeyStore(dataFolder).list()) {
      const kind = `${publicKey === undefined ? 'API key' : 'authorized key'}${administrator === true ? ', administrator' : ''}`;
      process.stdout.write(
        `${id}  ${kind}  ${created}  folders ${folders.join(', ')}${name === '' ? '' : `  ${name}`}\n`,
      );
    }
    return 0;
  },
});

const revokeKey = defineAction({
  name: 'revoke',
  help: 'Revokes a key.',
  operands: oneOperand('ID'),
  options: {},
  async run(dataFolder: DataFolder, id) {
    if (!(await createKeyStore(dataFolder).revoke(id))) {
      throw new UsageError(`Unknown key "${id}". visiond keys list shows all keys.`);
    }
    process.stdout.write(`Key ${id} is revoked.\n`);
    return 0;
  },
});

export const keysCommand = defineActions({
  name: 'keys',
  summary: 'Creates, lists and revokes the keys of clients.',
  about:
    'Creates, lists and revokes the keys of clients, for a server with --auth keys. A running server sees changes immediately.',
  actions: [createKey, listKeys, revokeKey],
  shared: { 'data-dir': settingOption('data-dir') },
  around: (flags, task) => task(readConfig(flags, process.env)['data-dir']),
});

function parseFolder(folder: string): string {
  if (folder !== '' && folder.length <= limits.folderIdLength) return folder;
  throw new Error(`must have 1 to ${limits.folderIdLength} characters`);
}

async function createApiKey(dataFolder: DataFolder, grant: KeyGrant): Promise<number> {
  const store = createKeyStore(dataFolder);
  const { id, key } = await store.createApiKey(grant);
  try {
    await printSurely(
      `Key ${id} created. It is shown only once:\n\n${key}\n\nClients send: Authorization: Api-Key ${key}\n`,
    );
  } catch (error) {
    await store.revoke(id);
    const reason = fileProblem(error)?.reason ?? messageOf(error);
    throw new UnusableFileError(`The key was revoked because it could not be shown: ${reason}.`);
  }
  return 0;
}

async function createAuthorizedKey(dataFolder: DataFolder, grant: KeyGrant, file: string): Promise<number> {
  const store = createKeyStore(dataFolder);
  const { id, privateKey } = await store.createAuthorizedKey(grant);
  // The names that the original's own tool writes.
  const content = { id, service_account_id: id, key_algorithm: 'RSA_2048', private_key: privateKey };
  try {
    createFile(file, `${JSON.stringify(content, undefined, 2)}\n`);
  } catch (error) {
    await store.revoke(id);
    throw new UnusableFileError(`${file} cannot be written: ${fileProblem(error)?.reason ?? String(error)}.`);
  }
  process.stdout.write(`Key ${id} created, written to ${file}\n`);
  return 0;
}

/** Never overwrites a file: it may be another key. */
function createFile(path: string, content: string): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    writeFileSync(file, content);
  } catch (error) {
    rmSync(path);
    throw error;
  } finally {
    closeSync(file);
  }
}
