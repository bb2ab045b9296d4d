import { VisionError } from '../errors/errors.js';

/** Who calls, and the folders that it may use. */
export interface Principal {
  /** Names the caller in the log: id of a key, subject of a token. */
  readonly id: string;
  readonly folders: 'any' | readonly string[];
}

/**
 * Finds out who calls.
 * @param authorization value of the header `Authorization`
 * @throws VisionError UNAUTHENTICATED and the like
 */
export type Authenticate = (authorization: string | undefined) => Promise<Principal>;

/** `--auth none`: nobody is asked, whatever a client sends. */
export const authenticateNobody: Authenticate = () => Promise.resolve({ id: 'anonymous', folders: 'any' });

/**
 * The folder that a call works in, by the rules of the original: who has one folder need not name it.
 * @param folder as the request names it, empty where it does not
 * @throws VisionError where the folder is missing or belongs to somebody else
 */
export function authorizeFolder({ folders }: Principal, folder: string): string {
  if (folders === 'any') return folder;
  if (folders.includes(folder)) return folder;
  const [own, ...others] = folders;
  if (own === undefined) throw VisionError.of('PERMISSION_DENIED');
  if (others.length > 0) throw folder === '' ? VisionError.of('FOLDER_REQUIRED') : VisionError.of('PERMISSION_DENIED');
  if (folder === '') return own;
  throw VisionError.of('FOLDER_MISMATCH', { folder, own });
}
