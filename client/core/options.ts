/** What both transports have in common. */
export interface ClientOptions {
  /** API key, sent as `Authorization: Api-Key ...`. */
  readonly apiKey?: string;
  /** Token, sent as `Authorization: Bearer ...`. */
  readonly token?: string;
  /** Default folder, for requests without `folderId`. */
  readonly folderId?: string;
  /** Milliseconds until a call, with its retries, fails with DEADLINE_EXCEEDED. Default 60,000. */
  readonly timeoutMs?: number;
  /** Bytes of the largest file that is sent. Default 10,485,760, the limit of the API. */
  readonly maxContentBytes?: number;
}

/** Options of one call. */
export interface CallOptions {
  /** Overrides the client's. */
  readonly timeoutMs?: number;
  /** Cancels the call, here and on the server. The call then rejects with the reason of the signal: an AbortError. */
  readonly signal?: AbortSignal;
}

const defaultTimeoutMs = 60_000;
/** Timers cannot wait longer. */
const longestTimeoutMs = 2 ** 31 - 1;

/**
 * Time of a call in milliseconds.
 * @throws TypeError if one that is given is not a positive number
 */
export function timeoutOf(call: CallOptions | undefined, client: ClientOptions): number {
  const timeoutMs = call?.timeoutMs ?? client.timeoutMs ?? defaultTimeoutMs;
  if (!(timeoutMs > 0)) throw new TypeError(`timeoutMs must be a positive number of milliseconds, not ${timeoutMs}`);
  return Math.min(timeoutMs, longestTimeoutMs);
}

/**
 * Value of the header `Authorization`.
 * @throws TypeError if both a key and a token are given
 */
export function authorizationHeader({ apiKey, token }: ClientOptions): string | undefined {
  if (apiKey !== undefined && token !== undefined) throw new TypeError('Specify either apiKey or token, not both');
  if (apiKey !== undefined) return `Api-Key ${apiKey}`;
  return token === undefined ? undefined : `Bearer ${token}`;
}
