import type { IncomingMessage } from 'node:http';
import type { BlockList } from 'node:net';
import type { Request, RequestHandler, Response } from 'express';
import type { Reporting } from '../pipeline/call-report.js';
import { resolveClient, type Client } from '../pipeline/client-address.js';
import type { Intake } from '../pipeline/intake.js';

/** What the gateway learns about a request while it handles it. */
interface RequestNotes {
  /** Path template that it matched. */
  route: string | undefined;
  /** Whether it called a method: then the pipeline has logged it. */
  isCall: boolean;
  /** Folder that the caller may use, empty if there is none. */
  folder: string;
  /** Reason of the error with which the gateway answers. */
  reason: string | undefined;
}

const notes = new WeakMap<IncomingMessage, RequestNotes>();
/** Routes that machines ask for all day long. */
const watched: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics']);
/** nginx's status for a client that left before the response. */
const clientLeft = 499;
const maxPathLength = 256;

/** The notes on a request, to be read and written. */
export function notesOn(request: IncomingMessage): RequestNotes {
  let found = notes.get(request);
  if (found === undefined) {
    notes.set(request, (found = { route: undefined, isCall: false, folder: '', reason: undefined }));
  }
  return found;
}

/** Counts every request when its response has ended, and logs those that called no method. Comes before all routes. */
export function observeRequests({ log, metrics, intake }: Reporting & { readonly intake: Intake }): RequestHandler {
  return (request, response, next) => {
    const started = performance.now();
    // Both are gone when the client has left.
    const { method, path } = request;
    const peer = clientOf(request, intake.proxies).peer ?? '';
    response.once('close', () => {
      const milliseconds = performance.now() - started;
      const { isCall, folder, reason, route = expressRoute(request) } = notesOn(request);
      const status = response.headersSent ? response.statusCode : clientLeft;
      metrics.httpHandled({ method, route: route ?? 'unknown', status, seconds: milliseconds / 1000, folder });
      if (isCall) return;
      // A server that is not ready says so in the log itself.
      const isDull = watched.has(route ?? '') && (status < 400 || status === 503);
      log[isDull ? 'debug' : 'info']('request', {
        requestId: requestIdOf(response),
        peer,
        transport: 'rest',
        verb: method,
        // Without its query, which may hold credentials.
        path: path.slice(0, maxPathLength),
        status,
        reason,
        milliseconds: Math.round(milliseconds),
      });
    });
    next();
  };
}

/** Who sent a request, and to which host. */
export function clientOf(request: Request, proxies: BlockList): Client {
  const { remoteAddress: address } = request.socket;
  return resolveClient({ address, host: request.headers.host, header: (name) => request.get(name) }, proxies);
}

/** The path that express matched, for routes that are not methods. */
function expressRoute(request: Request): string | undefined {
  const route: unknown = request.route;
  return typeof route === 'object' && route !== null && 'path' in route ? String(route.path) : undefined;
}

function requestIdOf(response: Response): string | undefined {
  const id = response.getHeader('x-request-id');
  return typeof id === 'string' ? id : undefined;
}
