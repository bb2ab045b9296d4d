import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Code } from '../../gen/google/rpc/code.js';
import type { Reporting } from '../pipeline/call-report.js';
import { securityHeaders } from './http-connections.js';

/** What node:http cannot parse or does not wait for. Anything else is a bad request. */
const answers: Readonly<Record<string, readonly [status: number, text: string, code: Code]>> = {
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large', Code.INVALID_ARGUMENT],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout', Code.DEADLINE_EXCEEDED],
};

/** Malformed HTTP gets a google.rpc.Status too, if the socket can still be written to, and a line in the log. */
export function createErrorAnswer({ log, metrics }: Reporting): (error: NodeJS.ErrnoException, socket: Duplex) => void {
  return (error, socket) => {
    if (!socket.writable) {
      socket.destroy();
      return;
    }
    const [status, text, code] = answers[error.code ?? ''] ?? [400, 'Bad Request', Code.INVALID_ARGUMENT];
    answer(socket, `${status} ${text}`, { code, message: `Invalid HTTP request: ${error.message}` });
    const peer = socket instanceof Socket ? socket.remoteAddress : undefined;
    log.info('request', { peer, transport: 'rest', status, problem: error.message });
    // Nobody knows when it began.
    metrics.httpHandled({ method: 'unknown', route: 'unknown', status, seconds: 0, folder: '' });
  };
}

function answer(socket: Duplex, line: string, status: { readonly code: Code; readonly message: string }): void {
  const body = `${JSON.stringify(status, undefined, 1)}\n`;
  const headers = [
    `HTTP/1.1 ${line}`,
    'Connection: close',
    'Content-Type: application/json',
    ...Object.entries(securityHeaders).map(([name, value]) => `${name}: ${value}`),
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  socket.end(`${headers.join('\r\n')}\r\n\r\n${body}`);
}
