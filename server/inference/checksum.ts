import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';

/** SHA-256 of bytes, in hexadecimal digits. */
export function checksum(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/**
 * Reads a file and verifies its SHA-256.
 * @param remedy sentence for the operator
 * @throws Error that names the file, where it is missing or its checksum differs
 */
export async function readVerified(path: string, sha256: string, remedy: string): Promise<Buffer> {
  const bytes = await readFile(path);
  const actual = checksum(bytes);
  if (actual !== sha256) throw new Error(`${path} has sha256 ${actual}, expected ${sha256}. ${remedy}`);
  return bytes;
}

/** SHA-256 of a file, which is read in chunks. */
export async function checksumOfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk);
  return hash.digest('hex');
}
