import type { ServerHttp2Stream } from 'node:http2';
import { Duplex } from 'node:stream';
import type { ServerInterceptor } from '@grpc/grpc-js';

/** A call as the first interceptor gets it: that of grpc-js. */
export type InterceptedCall = Parameters<ServerInterceptor>[1];

/**
 * The HTTP/2 stream of a call, which is in a private field of it.
 * @throws Error if the internals of grpc-js have changed
 */
export function streamOf(call: InterceptedCall): ServerHttp2Stream {
  const stream: unknown = Reflect.get(call, 'stream');
  if (!isServerStream(stream)) throw new Error('grpc-js no longer has a stream in its calls');
  return stream;
}

/** Node does not export the class. */
function isServerStream(value: unknown): value is ServerHttp2Stream {
  return value instanceof Duplex && 'respond' in value && 'sentHeaders' in value && 'rstCode' in value;
}
