/** Arguments that one call of a function surely takes. */
const chunkBytes = 0x8000;

/** Base64 of bytes, without what only Node.js has. */
export function toBase64(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let offset = 0; offset < bytes.length; offset += chunkBytes) {
    parts.push(String.fromCharCode(...bytes.subarray(offset, offset + chunkBytes)));
  }
  return btoa(parts.join(''));
}
