import { createHash } from 'node:crypto';
import { limits } from '../../contract/limits.js';
import { VisionError } from '../../errors/errors.js';
import { contentHashBytes, fingerprintVersion, embeddingBytes } from '../../image-index/image-index.js';
import type { CopyQuery } from './copy-query.js';
import { pdqBytes } from './hash/pdq.js';
import { decodeDetails } from './local-features/details.js';
import { encodeFeatures, featureBytes, thinFeatures } from './local-features/feature-codec.js';
import { encodeThumbnail } from './local-features/thumbnail.js';

/** The longest signature that the API allows, decoded. */
const maxBytes = Math.floor((limits.signatureLength * 3) / 4);
/** The first bytes of every signature. */
const magic = Buffer.from([0x76, 0x73]);
const checksumBytes = 4;
const headerBytes = magic.length + 5;
const orientations = 8;

/**
 * Encodes a query as a string: magic bytes, version, whether it is hashable, number of hashes, number of embeddings,
 * share of the features that are kept (in steps of 1/255), then content hash, hashes, embeddings, thumbnail and as many
 * features as fit, and a checksum; in URL-safe base64.
 */
export async function writeSignature(query: CopyQuery): Promise<string> {
  const hashes = Buffer.concat(query.hashes.flat());
  const vectors = await query.embeddings;
  const embeddings = Buffer.concat(
    vectors.map(({ buffer, byteOffset, length }) => Buffer.from(buffer, byteOffset, length)),
  );
  const details = await query.details;
  const thumbnail = encodeThumbnail(details.thumbnail);
  const room =
    maxBytes - headerBytes - contentHashBytes - hashes.length - embeddings.length - thumbnail.length - checksumBytes;
  const thinned = thinFeatures(details.features, Math.floor(room / featureBytes));
  const features = encodeFeatures(thinned);
  const kept = Math.round((255 * query.featuresKept * thinned.count) / Math.max(1, details.features.count));
  const header = Buffer.from([
    ...magic,
    fingerprintVersion,
    query.hashable ? 1 : 0,
    query.hashes.length,
    vectors.length,
    kept,
  ]);
  const body = Buffer.concat([header, query.contentHash, hashes, embeddings, thumbnail, features]);
  return Buffer.concat([body, checksum(body)]).toString('base64url');
}

/**
 * Decodes what `writeSignature` wrote.
 * @throws VisionError SIGNATURE_UNREADABLE
 */
export function readSignature(signature: string): CopyQuery {
  const refuse = (problem: string): VisionError => VisionError.of('SIGNATURE_UNREADABLE', { problem });
  if (!/^[\w-]+$/.test(signature)) throw refuse('it is not URL-safe base64');
  const bytes = Buffer.from(signature, 'base64url');
  if (!bytes.subarray(0, magic.length).equals(magic)) throw refuse('it is not a signature of visiond');
  const body = bytes.subarray(0, -checksumBytes);
  if (bytes.length < headerBytes + checksumBytes || !bytes.subarray(-checksumBytes).equals(checksum(body))) {
    throw refuse('it is damaged');
  }
  const [version, hashable, hashCount = 0, embeddingCount = 0, kept = 0] = body.subarray(magic.length, headerBytes);
  if (version !== fingerprintVersion) {
    throw refuse(`it has version ${version}, this server supports ${fingerprintVersion}`);
  }
  let at = headerBytes;
  const take = (length: number): Uint8Array => {
    if (at + length > body.length) throw refuse('it is damaged');
    at += length;
    return new Uint8Array(body.subarray(at - length, at));
  };
  const contentHash = take(contentHashBytes);
  const hashes = Array.from({ length: hashCount }, () => Array.from({ length: orientations }, () => take(pdqBytes)));
  const embeddings = Array.from({ length: embeddingCount }, () => new Int8Array(take(embeddingBytes).buffer));
  const details = decodeDetails(take(body.length - at));
  if (details === undefined) throw refuse('it is damaged');
  return { contentHash, hashable: hashable === 1, hashes, embeddings, featuresKept: kept / 255, details };
}

function checksum(body: Buffer): Buffer {
  return createHash('sha256').update(body).digest().subarray(0, checksumBytes);
}
