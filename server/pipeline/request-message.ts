/** A request message in the form that its transport has. */
export interface RequestMessage {
  /** Parses it with the function that ts-proto generates. Throws what that throws. */
  decode<Request>(deserialize: (bytes: Buffer) => Request): Request;
  /** Its binary form. */
  binary(): Buffer;
}

/** A message that arrived in its binary form. */
export function binaryMessage(bytes: Buffer): RequestMessage {
  return { decode: (deserialize) => deserialize(bytes), binary: () => bytes };
}
