import { authorizationOf } from './authorization.js';
import { CallError, ownProblem, problemOf } from './problem.js';

/** By whom calls are made. */
export interface Access {
  /** API key or token, empty if there is none. */
  readonly key: string;
  /** Folder, empty for that of the key. */
  readonly folder: string;
}

export interface CallOptions {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly body?: unknown;
  readonly query?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** Where the API is, from the address of the page: also where a proxy serves it below a path of its own. */
export function apiUrl(path: string, page = document.baseURI): URL {
  return new URL(path.replace(/^\//, ''), page);
}

/**
 * Calls a method of the REST API.
 * @returns the response, parsed from JSON
 * @throws CallError for every answer but success, and if there is none
 */
export async function call(path: string, access: Access, options: CallOptions = {}): Promise<unknown> {
  const response = await send(path, access, options);
  const body: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw new CallError(problemOf(body, response.headers.get('retry-after')));
  if (body === undefined) throw new CallError(ownProblem('UNEXPECTED_ANSWER'));
  return body;
}

/** As `call`, for an answer that is text, whatever its status. */
export async function send(path: string, { key, folder }: Access, options: CallOptions): Promise<Response> {
  const { method = 'GET', body, query = {}, signal } = options;
  const url = apiUrl(path);
  for (const [name, value] of Object.entries(query)) if (value !== '') url.searchParams.set(name, value);
  const headers = new Headers({ accept: 'application/json' });
  if (key !== '') headers.set('authorization', authorizationOf(key));
  if (folder !== '') headers.set('x-folder-id', folder);
  if (body !== undefined) headers.set('content-type', 'application/json');
  try {
    return await fetch(url, {
      method,
      headers,
      credentials: 'same-origin',
      cache: 'no-store',
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal !== undefined && { signal }),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new CallError(ownProblem('UNREACHABLE', error instanceof Error ? error.message : ''));
  }
}
