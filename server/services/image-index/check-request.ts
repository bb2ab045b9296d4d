import { createHash, randomUUID } from 'node:crypto';
import type { AddImageRequest } from '../../../gen/visiond/index/v1/image_index_service.js';
import { VisionError, type FieldViolation } from '../../errors/errors.js';

/**
 * The ID of an image: the given one, else one derived from its URL, so that adding it again adds nothing, else a new one.
 */
export function idOf({ id, imageUrl }: Pick<AddImageRequest, 'id' | 'imageUrl'>): string {
  if (id !== '') return id;
  return imageUrl === '' ? randomUUID() : createHash('sha256').update(imageUrl).digest('base64url');
}

/**
 * People and programs get these URLs later, so they must really be URLs.
 * @throws VisionError INVALID_REQUEST
 */
export function validateAddresses({ imageUrl, pageUrl }: Pick<AddImageRequest, 'imageUrl' | 'pageUrl'>): void {
  const violations: FieldViolation[] = [];
  for (const [field, value] of [
    ['image_url', imageUrl],
    ['page_url', pageUrl],
  ] as const) {
    if (value === '' || isWebAddress(value)) continue;
    violations.push({ field, description: 'must be an absolute http or https URL' });
  }
  if (violations.length > 0) throw VisionError.invalidRequest(violations);
}

function isWebAddress(text: string): boolean {
  // The URL parser accepts white space and control characters and drops them.
  return /^https?:\/\/[^\s\p{Cc}]+$/iu.test(text) && URL.canParse(text);
}

/** An opaque token for where a page starts. */
export function pageToken(start: number): string {
  return Buffer.from(`p${start}`).toString('base64url');
}

/** @throws VisionError INVALID_REQUEST */
export function pageStart(token: string): number {
  if (token === '') return 0;
  const [, start] = /^p(\d{1,15})$/.exec(Buffer.from(token, 'base64url').toString()) ?? [];
  if (start === undefined) {
    throw VisionError.invalidRequest([{ field: 'page_token', description: 'was not issued by this server' }]);
  }
  return Number(start);
}
