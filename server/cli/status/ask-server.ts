import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { VisionClientOptions } from '../../../client/index.js';
import { messageOf } from '../../errors/message-of.js';

/** A page of a server. */
export interface Page {
  readonly status: number;
  readonly text: string;
}

/** Nobody answers, or somebody who is no visiond. The message is a sentence. */
export class AwayError extends Error {
  override readonly name = 'AwayError';
}

/** A server that is well answers at once. */
const timeoutMs = 5000;

/**
 * Gets a page of a server.
 * @param path as in `/readyz`
 * @throws AwayError
 */
export function askServer({ endpoint, apiKey, tls = false }: VisionClientOptions, path: string): Promise<Page> {
  const headers = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
  const files = typeof tls === 'object' ? tls : {};
  const isSecure = tls !== false;
  const url = new URL(path, `${isSecure ? 'https' : 'http'}://${endpoint}`);
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => reject(new AwayError(reasonOf(endpoint, error, isSecure)));
    const signal = AbortSignal.timeout(timeoutMs);
    const options = { headers, signal, agent: false } as const;
    const request = isSecure ? requestHttps(url, { ...options, ...files }) : requestHttp(url, options);
    request.once('error', fail);
    request.once('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.once('error', fail);
      response.once('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    request.end();
  });
}

function reasonOf(endpoint: string, error: unknown, isSecure: boolean): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ECONNREFUSED') return `Nothing listens on ${endpoint}.`;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `The name of ${endpoint} is unknown.`;
  if (code === 'ABORT_ERR') return `${endpoint} did not answer within ${timeoutMs / 1000} s.`;
  // A server that speaks TLS alone closes the connection.
  const advice = code === 'ECONNRESET' && !isSecure ? ' If it uses TLS, give --tls or --tls-ca FILE.' : '';
  return `${endpoint} cannot be reached: ${messageOf(error)}.${advice}`;
}
