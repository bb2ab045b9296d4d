import { credentials, Metadata, type ChannelCredentials, type ChannelOptions, type ServiceError } from '@grpc/grpc-js';
import { authorizationHeader, type ClientOptions } from '../core/options.js';
import type { Attempt } from '../core/transport.js';
import { callError } from './status.js';

/** Options of a client that uses gRPC. */
export interface VisionClientOptions extends ClientOptions {
  /** `host:port` */
  readonly endpoint: string;
  /** `true` trusts the default root certificates. `ca` replaces them; `cert` and `key` authenticate the client. All PEM. */
  readonly tls?: boolean | { readonly ca?: Buffer; readonly cert?: Buffer; readonly key?: Buffer };
}

/** Starts a call of a generated client. */
type Start<Response> = (
  metadata: Metadata,
  limits: { deadline: number },
  callback: (error: ServiceError | null, response: Response) => void,
) => { cancel(): void };

/** A connection that the clients of all services share. */
export interface Connection {
  readonly address: string;
  readonly credentials: ChannelCredentials;
  readonly channelOptions: ChannelOptions;
  /**
   * Calls a method once.
   * @throws VisionCallError, or the reason of the signal
   */
  readonly call: <Response>(start: Start<Response>, attempt: Attempt) => Promise<Response>;
}

/** @throws TypeError if the endpoint is not `host:port`, or both a key and a token are given */
export function connection(options: VisionClientOptions): Connection {
  const metadata = new Metadata();
  const authorization = authorizationHeader(options);
  if (authorization !== undefined) metadata.set('authorization', authorization);
  return {
    address: addressOf(options.endpoint),
    credentials: channelCredentials(options.tls),
    channelOptions: {
      // Eight full images go out and long pages come back: the limits are the server's business.
      'grpc.max_send_message_length': -1,
      'grpc.max_receive_message_length': -1,
    },
    call: <Response>(start: Start<Response>, { timeoutMs, signal }: Attempt) =>
      new Promise<Response>((resolve, reject) => {
        signal?.throwIfAborted();
        const cancel = (): void => started.cancel();
        const started = start(metadata, { deadline: Date.now() + timeoutMs }, (error, response) => {
          signal?.removeEventListener('abort', cancel);
          if (error === null) resolve(response);
          else reject(signal?.aborted === true ? signal.reason : callError(error));
        });
        signal?.addEventListener('abort', cancel, { once: true });
      }),
  };
}

/** @throws TypeError if the endpoint is not `host:port` */
function addressOf(endpoint: string): string {
  const port = /^(?:\[[\da-fA-F:.]+\]|[^\s/:@[\]]+):(\d{1,5})$/.exec(endpoint)?.[1];
  if (port !== undefined && Number(port) >= 1 && Number(port) <= 65_535) return endpoint;
  throw new TypeError(`The endpoint "${endpoint}" is not host:port, for example 127.0.0.1:8080. For https, set tls`);
}

function channelCredentials(tls: VisionClientOptions['tls'] = false): ChannelCredentials {
  if (tls === false) return credentials.createInsecure();
  const { ca, cert, key } = tls === true ? {} : tls;
  return credentials.createSsl(ca, key, cert);
}
