import { imageClient, type ImageClient } from './core/image-client.js';
import { fetchTransport, type FetchClientOptions } from './fetch/fetch-transport.js';

/** A client for visiond, or any server with the same API, over REST. */
export type VisionClient = ImageClient;

/** Options of `createVisionClient`. */
export type VisionClientOptions = FetchClientOptions;

/**
 * Creates a client that runs wherever `fetch` does: in browsers, Deno, Bun, edge runtimes and Node.js.
 * @throws TypeError if an option is wrong
 */
export function createVisionClient(options: VisionClientOptions): VisionClient {
  return imageClient(fetchTransport(options), options);
}

export * from './index-shared.js';
