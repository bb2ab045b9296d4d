import { randomUUID } from 'node:crypto';
import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { Readable } from 'node:stream';
import { ServerInterceptingCall, type Metadata, type ServerInterceptor } from '@grpc/grpc-js';
import { VisionError } from '../errors/errors.js';
import { toRequestStatus } from '../errors/status.js';
import { stoppingRetrySeconds } from '../pipeline/body-watch.js';
import type { Intake } from '../pipeline/intake.js';
import { MessagePacker, takesGzip } from './compression.js';
import { GuardedCall, type CallLimits } from './guarded-call.js';
import { statusObject } from './status-object.js';
import { streamOf } from './stream-of-call.js';

/** Guards all calls of a gRPC server. */
export interface MessageGuard {
  readonly interceptor: ServerInterceptor;
  /** The guard of a call, by the metadata that its handler got. */
  of(metadata: Metadata): GuardedCall | undefined;
  /** Remembers what the client of a stream accepts. To be called before grpc-js gets the stream. */
  onStream(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void;
  /** Ends the calls that the server does not wait for when it stops. */
  drain(): void;
}

/**
 * Limits the messages of each method: their size before and after decompression, the decompression ratio, one
 * decompression at a time per call, their memory, and how slowly they may arrive. Compresses responses for clients that
 * take it. Resets the stream of a call that ended while its client was still sending. grpc-js has one size limit per
 * server and nothing of the rest, so private fields of its calls are set; test/grpc-edge.spec.ts checks that they still
 * work.
 * @param limitsOf limits of a method, by its path
 */
export function createMessageGuard(limitsOf: (path: string) => CallLimits, intake: Intake): MessageGuard {
  const calls = new WeakMap<Metadata, GuardedCall>();
  /** Calls that are not awaited, with how to end them. */
  const others = new Map<GuardedCall, () => void>();
  /** Streams whose client takes compressed responses. */
  const takingGzip = new WeakSet<ServerHttp2Stream>();
  let isDraining = false;
  const interceptor: ServerInterceptor = ({ path }, call) => {
    const stream = streamOf(call);
    const limits = limitsOf(path);
    const finish = (): void => {
      guarded.end();
      // The reset tells the client to stop sending (RFC 9113, 8.1). It follows the response.
      setImmediate(() => {
        if (!stream.readableEnded) stream.close(constants.NGHTTP2_NO_ERROR);
      });
    };
    const refuse = (error: VisionError): void => {
      call.sendStatus(statusObject(toRequestStatus(error, randomUUID())));
      finish();
    };
    const guarded = new GuardedCall(stream, limits, intake, refuse);
    Reflect.set(call, 'maxReceiveMessageSize', limits.messageBytes);
    Reflect.set(call, 'decoder', guarded.reader);
    Reflect.set(call, 'decompressMessage', (frame: Buffer, encoding: string) => guarded.decode(frame, encoding));
    if (!limits.isAwaited) {
      others.set(guarded, () => refuse(VisionError.of('SHUTTING_DOWN', { seconds: stoppingRetrySeconds })));
      stream.once('close', () => others.delete(guarded));
      if (isDraining) setImmediate(() => others.get(guarded)?.());
    }
    const packer = limits.isAwaited && takingGzip.has(stream) ? new MessagePacker() : undefined;
    if (packer !== undefined) Reflect.set(call, 'serializeMessage', (message: Buffer) => packer.frame(message));
    return new ServerInterceptingCall(call, {
      sendMetadata(metadata, next) {
        if (packer !== undefined) metadata.set('grpc-encoding', 'gzip');
        next(metadata);
      },
      sendMessage(message: Buffer, next) {
        if (packer === undefined) next(message);
        else void packer.pack(message).then(next);
      },
      start(next) {
        next({
          onReceiveMetadata(metadata, nextListener) {
            calls.set(metadata, guarded);
            nextListener(metadata);
          },
          onReceiveMessage(message, nextListener) {
            guarded.onMessage();
            nextListener(message);
          },
        });
      },
      sendStatus(outcome, next) {
        next(outcome);
        finish();
      },
    });
  };
  return {
    interceptor,
    of: (metadata) => calls.get(metadata),
    onStream(stream, headers) {
      if (takesGzip(headers['grpc-accept-encoding'])) takingGzip.add(stream);
    },
    drain() {
      isDraining = true;
      for (const end of others.values()) end();
    },
  };
}

/** Lets a call receive a message only after the previous one was read; grpc-js reads sixteen ahead. */
export function readOneByOne(call: Readable): void {
  const state: unknown = Reflect.get(call, '_readableState');
  if (typeof state === 'object' && state !== null) Reflect.set(state, 'highWaterMark', 1);
}
