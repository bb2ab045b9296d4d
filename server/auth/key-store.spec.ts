import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createKeyStore } from './key-store.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'visiond-keys-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const grant = { name: 'scanner', folders: ['b1g'] };

describe('a key store', () => {
  it('knows its keys again, and no other', async () => {
    const store = createKeyStore(folder);
    const { id, key } = await store.createApiKey(grant);
    expect(store.findApiKey(key)).toMatchObject({ id, ...grant });
    const wrong = [key.slice(0, -1), `${key}A`, key.replace(/_[\da-f]+_/, '_00_'), `vd_${id}_`, id, '', 'vd__'];
    for (const text of wrong) expect(store.findApiKey(text)).toBeUndefined();
  });

  it('knows which of them are those of administrators, also those of an earlier version', async () => {
    const store = createKeyStore(folder);
    const [plain, administrator] = [
      await store.createApiKey(grant),
      await store.createApiKey({ ...grant, administrator: true }),
    ];
    const of = (key: string) => createKeyStore(folder).findApiKey(key)?.administrator;
    expect([of(plain.key), of(administrator.key)]).toEqual([undefined, true]);
    expect(readFileSync(join(folder, 'keys.json'), 'utf8').match(/"administrator": true/g)).toHaveLength(1);
  });

  it('keeps no key, only its hash, readable for its owner alone', async () => {
    const { id, key } = await createKeyStore(folder).createApiKey(grant);
    const file = join(folder, 'keys.json');
    const secret = key.slice(`vd_${id}_`.length);
    expect(secret.length).toBe(43);
    expect(readFileSync(file, 'utf8')).not.toContain(secret);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('sees at once what others change', async () => {
    const [server, command] = [createKeyStore(folder), createKeyStore(folder)];
    expect(server.list()).toEqual([]);
    const { id, key } = await command.createApiKey(grant);
    expect(server.findApiKey(key)?.id).toBe(id);
    expect(await command.revoke(id)).toBe(true);
    expect(server.findApiKey(key)).toBeUndefined();
    expect(await command.revoke(id)).toBe(false);
  });

  it('loses no key when many are made at a time', async () => {
    const made = await Promise.all(Array.from({ length: 20 }, () => createKeyStore(folder).createApiKey(grant)));
    const ids = createKeyStore(folder)
      .list()
      .map(({ id }) => id);
    expect(new Set(ids)).toEqual(new Set(made.map(({ id }) => id)));
  });

  it('of a server takes a folder that is gone for a fault, not for a folder without keys', async () => {
    const causes: unknown[] = [];
    const server = createKeyStore(folder, (cause) => causes.push(cause));
    const { key } = await server.createApiKey(grant);
    rmSync(join(folder, 'keys.json'));
    expect([server.findApiKey(key), causes.at(-1)]).toEqual([undefined, undefined]);
    rmSync(folder, { recursive: true });
    expect(() => server.findApiKey(key)).toThrow('ENOENT');
    expect(causes.at(-1)).toMatchObject({ code: 'ENOENT', path: folder });
    // A command looks at a folder that may not be there yet.
    expect(createKeyStore(folder).list()).toEqual([]);
    mkdirSync(folder);
  });

  it('does not take an authorized key for an API key', async () => {
    const store = createKeyStore(folder);
    const { id, privateKey } = await store.createAuthorizedKey(grant);
    expect(privateKey).toContain('BEGIN PRIVATE KEY');
    expect(store.find(id)?.publicKey).toContain('BEGIN PUBLIC KEY');
    expect(store.findApiKey(`vd_${id}_`)).toBeUndefined();
    expect(store.findApiKey(`vd_${id}_x`)).toBeUndefined();
  });

  it.each([
    '',
    '{}',
    '{"keys":[{}]}',
    '{"keys":[{"id":"a","name":"","folders":[1],"created":"","secretHash":""}]}',
    `{"keys":[{"id":"a","name":"","folders":[],"administrator":"yes","created":"","secretHash":"${'0'.repeat(64)}"}]}`,
  ])('refuses a file with %j', (text) => {
    writeFileSync(join(folder, 'keys.json'), text);
    expect(() => createKeyStore(folder).list()).toThrow(/JSON|not a list of keys/);
  });
});
