/** A request message as its transport has it. */
export interface RequestMessage {
  /** Reads it with what ts-proto generates for its type. Throws what that throws. */
  decode<Request>(deserialize: (bytes: Buffer) => Request): Request;
  /** Its binary form. */
  binary(): Buffer;
}

/** A message that came in its binary form. */
export function binaryMessage(bytes: Buffer): RequestMessage {
  return { decode: (deserialize) => deserialize(bytes), binary: () => bytes };
}
