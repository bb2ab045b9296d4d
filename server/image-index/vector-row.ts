import { embeddingBytes, hashBytes, type Vectors } from './image-index.js';

/** Bytes of a stored row of vectors: number of the image, number of the folder (32 bits each), hash, embedding. */
export const vectorRowBytes = 8 + hashBytes + embeddingBytes;

export interface VectorRow {
  readonly folder: number;
  readonly image: number;
  readonly vectors: Vectors;
}

export function encodeVectorRow(folder: number, image: number, { hash, embedding }: Vectors): Buffer {
  const row = Buffer.alloc(vectorRowBytes);
  row.writeUInt32LE(image, 0);
  row.writeUInt32LE(folder, 4);
  row.set(hash, 8);
  row.set(new Uint8Array(embedding.buffer, embedding.byteOffset, embedding.length), 8 + hashBytes);
  return row;
}

/** Decodes concatenated rows. Their vectors are views of the bytes. */
export function* decodeVectorRows(bytes: Buffer): Generator<VectorRow> {
  for (let at = 0; at < bytes.length; at += vectorRowBytes) {
    const hash = bytes.subarray(at + 8, at + 8 + hashBytes);
    const embedding = new Int8Array(bytes.buffer, bytes.byteOffset + at + 8 + hashBytes, embeddingBytes);
    yield { image: bytes.readUInt32LE(at), folder: bytes.readUInt32LE(at + 4), vectors: { hash, embedding } };
  }
}
