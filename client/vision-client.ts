import { credentials, Metadata, type ChannelCredentials } from '@grpc/grpc-js';
import {
  VisionServiceClient,
  type BatchAnalyzeRequest,
  type BatchAnalyzeResponse,
  type Feature,
  type FeatureResult,
} from '../gen/yandex/cloud/ai/vision/v1/vision_service.js';
import { VisionCallError } from './vision-call-error.js';

export interface VisionClientOptions {
  /** `host:port` */
  readonly endpoint: string;
  /** API key, sent as `Authorization: Api-Key ...`. */
  readonly apiKey?: string;
  /** Token, sent as `Authorization: Bearer ...`. */
  readonly token?: string;
  /** Folder of all requests that name none. */
  readonly folderId?: string;
  /** `true` trusts the usual authorities. `ca` names another one, `cert` and `key` are the client's own; all PEM. */
  readonly tls?: boolean | { readonly ca?: Buffer; readonly cert?: Buffer; readonly key?: Buffer };
  /** Milliseconds until a call fails with DEADLINE_EXCEEDED. Default 60,000. */
  readonly timeoutMs?: number;
}

export interface CallOptions {
  /** Instead of the client's. */
  readonly timeoutMs?: number;
  /** Cancels the call, here and on the server. */
  readonly signal?: AbortSignal;
}

/** A client for visiond and every server that speaks the same API. Keep one: it holds a connection. */
export interface VisionClient {
  /**
   * Analyses up to 8 images with up to 8 features each.
   * @throws VisionCallError when the call fails as a whole
   */
  batchAnalyze(request: BatchAnalyzeRequest, options?: CallOptions): Promise<BatchAnalyzeResponse>;
  /**
   * Analyses one JPEG or PNG file. One result a feature, in their order; each may hold an error.
   * @throws VisionCallError when the call or the file fails
   */
  analyze(content: Uint8Array, features: readonly Feature[], options?: CallOptions): Promise<FeatureResult[]>;
  /** Closes the connection. */
  close(): void;
}

const defaultTimeoutMs = 60_000;

export function createVisionClient(options: VisionClientOptions): VisionClient {
  const stub = new VisionServiceClient(options.endpoint, channelCredentials(options.tls), {
    // Eight full images go out and long pages come back: the limits are the server's business.
    'grpc.max_send_message_length': -1,
    'grpc.max_receive_message_length': -1,
  });
  const metadata = new Metadata();
  const authorization = authorizationHeader(options);
  if (authorization !== undefined) metadata.set('authorization', authorization);

  const batchAnalyze: VisionClient['batchAnalyze'] = (request, { timeoutMs, signal } = {}) => {
    const deadline = Date.now() + (timeoutMs ?? options.timeoutMs ?? defaultTimeoutMs);
    const message = { ...request, folderId: request.folderId || (options.folderId ?? '') };
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const cancel = (): void => call.cancel();
      const call = stub.batchAnalyze(message, metadata, { deadline }, (error, response) => {
        signal?.removeEventListener('abort', cancel);
        if (error !== null) reject(VisionCallError.from(error));
        else resolve(response);
      });
      signal?.addEventListener('abort', cancel);
    });
  };
  return {
    batchAnalyze,
    async analyze(content, features, callOptions) {
      const source = { $case: 'content', value: Buffer.from(content) } as const;
      const request = { analyzeSpecs: [{ source, features: [...features], mimeType: '' }], folderId: '' };
      const { results } = await batchAnalyze(request, callOptions);
      const error = results[0]?.error;
      if (error !== undefined) throw new VisionCallError(error.code, error.message, error.details, undefined);
      return results[0]?.results ?? [];
    },
    close: () => stub.close(),
  };
}

function channelCredentials(tls: VisionClientOptions['tls'] = false): ChannelCredentials {
  if (tls === false) return credentials.createInsecure();
  const { ca, cert, key } = tls === true ? {} : tls;
  return credentials.createSsl(ca, key, cert);
}

function authorizationHeader({ apiKey, token }: VisionClientOptions): string | undefined {
  if (apiKey !== undefined && token !== undefined) throw new TypeError('Give an apiKey or a token, not both');
  if (apiKey !== undefined) return `Api-Key ${apiKey}`;
  return token === undefined ? undefined : `Bearer ${token}`;
}
