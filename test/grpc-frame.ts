/** A gRPC message as it goes over HTTP/2: a flag for compression, its length, its bytes. */
export function framed(message: Uint8Array, compressed = false): Buffer {
  const head = Buffer.from([Number(compressed), 0, 0, 0, 0]);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}
