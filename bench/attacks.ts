import { gzipSync } from 'node:zlib';

/** A request that is to be refused, cheaply. */
export interface Attack {
  readonly name: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const megabyte = 1 << 20;
const batch = '/vision/v1/batchAnalyze';
const tokens = '/iam/v1/tokens';

/** Bodies below 1 MB on the wire that become large, deep or many. */
export function attacks(): Attack[] {
  return [
    json('1 MB of brackets, to a public method', tokens, '['.repeat(megabyte)),
    json('8 MB of brackets', batch, '['.repeat(8 * megabyte)),
    json('100 MB of empty arrays', batch, `[${'[],'.repeat(33 * megabyte)}[]]`),
    json('empty specs', batch, `{"analyzeSpecs":[${'{},'.repeat(8 * megabyte)}{}]}`),
    json('features', batch, `{"analyzeSpecs":[{"features":[${'{},'.repeat(8 * megabyte)}{}]}]}`),
    json('numbers', batch, `{"analyzeSpecs":[${'1,'.repeat(8 * megabyte)}1]}`),
    json('one long number', batch, `{"folderId":${'9'.repeat(8 * megabyte)}}`),
    json('keys', batch, `{${Array.from({ length: 400_000 }, (_, key) => `"${key}":0`).join(',')}}`),
    json('a key many times', batch, `{${'"folderId":"a",'.repeat(megabyte)}"folderId":"a"}`),
    json('nested objects', batch, '{"a":'.repeat(megabyte)),
    json('a long string of escapes', batch, `{"folderId":"${'\\u0041'.repeat(megabyte)}"}`),
    json('a long folder', batch, `{"folderId":"${'a'.repeat(16 * megabyte)}"}`),
    json('white space', batch, ' '.repeat(32 * megabyte)),
    {
      name: 'brackets as they are',
      path: batch,
      headers: { 'content-type': 'application/json' },
      body: Buffer.from('['.repeat(megabyte - 1)),
    },
    {
      name: 'numbers as they are',
      path: batch,
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(`[${'1,'.repeat(megabyte / 2 - 2)}1]`),
    },
  ];
}

/** A message of so many empty specs: two bytes each, of which nearly nothing is left when they are compressed. */
export function emptySpecs(count: number): Buffer {
  return Buffer.alloc(2 * count, Buffer.from([0x0a, 0x00]));
}

function json(name: string, path: string, text: string): Attack {
  const body = gzipSync(text, { level: 9 });
  return { name, path, headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' }, body };
}
