/** A request message in the form that its transport has. */
export interface RequestMessage {
  /** Size in the form that its transport has, after decompression. */
  readonly bytes: number;
  /** Parses it with the function that ts-proto generates. Throws what that throws. */
  decode<Request>(deserialize: (bytes: Buffer) => Request): Request;
  /** Its binary form. */
  binary(): Buffer;
}

/** A message that arrived in its binary form. */
export function binaryMessage(bytes: Buffer): RequestMessage {
  return { bytes: bytes.length, decode: (deserialize) => deserialize(bytes), binary: () => bytes };
}
