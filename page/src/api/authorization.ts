/** Keys that visiond issues begin so; anything else is a token. */
const keyPrefix = 'vd_';

/** The Authorization header for a key or token. */
export function authorizationOf(key: string): string {
  return key.startsWith(keyPrefix) ? `Api-Key ${key}` : `Bearer ${key}`;
}
