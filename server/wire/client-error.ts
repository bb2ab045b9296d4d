import type { Duplex } from 'node:stream';
import { Code } from '../../gen/google/rpc/code.js';
import { securityHeaders } from './http-connections.js';

/** What node:http cannot parse or does not wait for. Anything else is a bad request. */
const answers: Readonly<Record<string, readonly [line: string, code: Code]>> = {
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', Code.INVALID_ARGUMENT],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', Code.DEADLINE_EXCEEDED],
};

/** Malformed HTTP gets a google.rpc.Status too, if the socket can still be written to. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable) return void socket.destroy();
  const [line, code] = answers[error.code ?? ''] ?? ['400 Bad Request', Code.INVALID_ARGUMENT];
  const body = `${JSON.stringify({ code, message: `Invalid HTTP request: ${error.message}` }, undefined, 1)}\n`;
  const headers = [
    `HTTP/1.1 ${line}`,
    'Connection: close',
    'Content-Type: application/json',
    ...Object.entries(securityHeaders).map(([name, value]) => `${name}: ${value}`),
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  socket.end(`${headers.join('\r\n')}\r\n\r\n${body}`);
}
