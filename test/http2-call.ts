import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2';

/** Opens a gRPC call whose frames the test writes. */
export function openCall(
  session: ClientHttp2Session,
  path: string,
  headers: Record<string, string> = {},
): ClientHttp2Stream {
  const stream = session.request({
    ':method': 'POST',
    ':path': path,
    'content-type': 'application/grpc',
    te: 'trailers',
    ...headers,
  });
  stream.on('error', () => {});
  return stream;
}

/** The status of a call, and its text. Empty if the call ended without one. */
export async function statusOf(stream: ClientHttp2Stream): Promise<{ code: string; message: string }> {
  const found = { code: '', message: '' };
  const look = (headers: IncomingHttpHeaders): void => {
    if (headers['grpc-status'] === undefined) return;
    found.code = String(headers['grpc-status']);
    found.message = decodeURIComponent(String(headers['grpc-message'] ?? ''));
  };
  stream.on('response', look);
  stream.on('trailers', look);
  stream.resume();
  if (!stream.closed) await new Promise((resolve) => stream.once('close', resolve));
  return found;
}
