export type ImageFormat = 'jpeg' | 'png';

const magic: ReadonlyArray<readonly [ImageFormat, readonly number[]]> = [
  ['jpeg', [0xff, 0xd8, 0xff]],
  ['png', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
];

/** Tells the format by the first bytes. What a client calls its file is not asked. */
export function sniffFormat(content: Uint8Array): ImageFormat | undefined {
  return magic.find(([, bytes]) => bytes.every((byte, index) => content[index] === byte))?.[0];
}
