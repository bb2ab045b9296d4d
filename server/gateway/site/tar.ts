/** A file of an archive. */
export interface TarEntry {
  /** Path in the archive, at most 100 bytes, with slashes. */
  readonly path: string;
  readonly content: Buffer;
}

const blockBytes = 512;
const pathBytes = 100;

/**
 * A tar archive (POSIX ustar) of files that anyone may read. It tells neither when nor by whom it was made, so that the
 * same files give the same bytes.
 * @throws Error if a path is too long
 */
export function writeTar(entries: readonly TarEntry[]): Buffer {
  const parts = entries.flatMap(({ path, content }) => {
    const padding = Buffer.alloc((blockBytes - (content.length % blockBytes)) % blockBytes);
    return [header(path, content.length), content, padding];
  });
  // Two empty blocks end an archive.
  return Buffer.concat([...parts, Buffer.alloc(2 * blockBytes)]);
}

function header(path: string, size: number): Buffer {
  if (Buffer.byteLength(path) > pathBytes) throw new Error(`${path} is too long for a tar archive`);
  const block = Buffer.alloc(blockBytes);
  const octal = (value: number, at: number, length: number): void => {
    block.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, 'latin1');
  };
  block.write(path, 0, 'utf8');
  octal(0o644, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(0, 136, 12);
  block.write('0', 156, 'latin1');
  block.write('ustar\x0000', 257, 'latin1');
  // The checksum counts its own field as spaces.
  block.write(' '.repeat(8), 148, 'latin1');
  const checksum = block.reduce((sum, byte) => sum + byte, 0);
  block.write(`${checksum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}
