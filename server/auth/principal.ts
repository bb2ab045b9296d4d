import { VisionError } from '../errors/errors.js';

/** An authenticated caller, and the folders that it may use. */
export interface Principal {
  /** Identifies the caller in the log: ID of a key, or subject of a token. */
  readonly id: string;
  readonly folders: 'any' | readonly string[];
  /** May do what concerns the whole server, not only a folder. */
  readonly isAdministrator: boolean;
}

/**
 * Authenticates a caller.
 * @param authorization value of the `Authorization` header
 * @throws VisionError with code UNAUTHENTICATED, or UNAVAILABLE
 */
export type Authenticate = (authorization: string | undefined) => Promise<Principal>;

/** `--auth none`: whatever a client sends is ignored. Whoever reaches the port may do everything. */
export const authenticateNobody: Authenticate = () =>
  Promise.resolve({ id: 'anonymous', folders: 'any', isAdministrator: true });

/**
 * The folder of a call, by the rules of the original: a caller with one folder need not send it.
 * @param folder from the request, empty if it has none
 * @throws VisionError if the folder is missing or not one of the caller's
 */
export function authorizeFolder({ folders }: Pick<Principal, 'folders'>, folder: string): string {
  if (folders === 'any') return folder;
  if (folders.includes(folder)) return folder;
  const [own, ...others] = folders;
  if (own === undefined) throw VisionError.of('PERMISSION_DENIED');
  if (others.length > 0) throw folder === '' ? VisionError.of('FOLDER_REQUIRED') : VisionError.of('PERMISSION_DENIED');
  if (folder === '') return own;
  throw VisionError.of('FOLDER_MISMATCH', { folder, own });
}
