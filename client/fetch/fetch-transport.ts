import { Code } from '../../gen/google/rpc/code.js';
import { VisionCallError } from '../core/errors.js';
import { fieldsOf, listOf } from '../core/json.js';
import { authorizationHeader, type ClientOptions } from '../core/options.js';
import type { ImageAnswer, ImageRequest, Transport } from '../core/transport.js';
import { toBase64 } from './base64.js';
import { problemOfJson, problemOfResponse } from './json-status.js';

/** Options of a client that uses `fetch`. */
export interface FetchClientOptions extends ClientOptions {
  /** URL of the server, for example `https://vision.example.org`. Below a path, if a proxy has it there. */
  readonly endpoint: string;
  /** Used instead of the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch;
}

/**
 * Calls the REST form of the API, by JSON.
 * @throws TypeError if the endpoint is not the URL of a server, or both a key and a token are given
 */
export function fetchTransport(options: FetchClientOptions): Transport {
  const url = `${originOf(options.endpoint)}/vision/v1/batchAnalyze`;
  const authorization = authorizationHeader(options);
  const headers = {
    'content-type': 'application/json',
    ...(authorization === undefined ? {} : { authorization }),
  };
  const send = options.fetch ?? ((...args: Parameters<typeof fetch>) => fetch(...args));

  return {
    async batchAnalyze(images, folderId, { timeoutMs, signal }) {
      signal?.throwIfAborted();
      const stop = new AbortController();
      const abort = (): void => stop.abort(signal?.reason);
      signal?.addEventListener('abort', abort, { once: true });
      let isLate = false;
      const timer = setTimeout(() => {
        isLate = true;
        stop.abort();
      }, timeoutMs);
      try {
        const body = JSON.stringify({ folderId, analyzeSpecs: images.map(specOf) });
        return await answersOf(await send(url, { method: 'POST', headers, body, signal: stop.signal }));
      } catch (error) {
        signal?.throwIfAborted();
        if (error instanceof VisionCallError) throw error;
        if (isLate) {
          const message = `The server did not answer within ${Math.ceil(timeoutMs)} ms`;
          throw new VisionCallError({ code: Code.DEADLINE_EXCEEDED, message }, { cause: error });
        }
        const message = `Cannot reach ${options.endpoint}: ${error instanceof Error ? error.message : String(error)}`;
        throw new VisionCallError({ code: Code.UNAVAILABLE, message }, { cause: error });
      } finally {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
      }
    },
    close() {
      // The connections belong to the platform.
    },
  };
}

function specOf({ content, features }: ImageRequest): object {
  return { content: toBase64(content), features };
}

async function answersOf(response: Response): Promise<ImageAnswer[]> {
  const text = await response.text();
  const body = parse(text);
  const requestId = response.headers.get('x-request-id') ?? undefined;
  if (!response.ok) throw new VisionCallError(problemOfResponse(response.status, body, requestId));
  const { results } = fieldsOf(body);
  if (results === undefined) {
    throw new VisionCallError({ code: Code.UNKNOWN, message: 'The answer is not one of the API', requestId });
  }
  return listOf(results).map((result) => {
    const { error, results: features } = fieldsOf(result);
    return {
      error: isSet(error) ? problemOfJson(error) : undefined,
      features: listOf(features).map((feature) => {
        const { error: ofFeature } = fieldsOf(feature);
        return { error: isSet(ofFeature) ? problemOfJson(ofFeature) : undefined, result: feature };
      }),
    };
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** @throws TypeError if the endpoint is not the URL of a server */
function originOf(endpoint: string): string {
  const wrong = (problem: string): TypeError =>
    new TypeError(`The endpoint "${endpoint}" ${problem}. Use a URL such as https://vision.example.org`);
  if (!/^https?:\/\//.test(endpoint)) throw wrong('does not start with http:// or https://');
  if (!URL.canParse(endpoint)) throw wrong('is not a URL');
  const { username, search, hash, origin, pathname } = new URL(endpoint);
  if (username !== '') throw wrong('has a user name; use apiKey or token');
  if (search !== '' || hash !== '') throw wrong('has a query or a fragment');
  return origin + pathname.replace(/\/+$/, '');
}
