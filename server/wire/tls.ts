import { readFile } from 'node:fs/promises';
import { createSecureContext, createServer, type SecureContextOptions, type Server, type TLSSocket } from 'node:tls';

/** PEM files of a TLS server. */
export interface TlsFiles {
  /** Certificate, followed by the intermediate certificates. */
  readonly cert: string;
  readonly key: string;
  /** CA of the clients. If set, clients must present a certificate issued by it. */
  readonly clientCa: string | undefined;
}

/** TLS on connections that another server accepts. */
export interface TlsServer {
  /** Does not listen itself: connections arrive through its `connection` event. */
  readonly server: Server;
  /**
   * Reloads the files. New connections get the new certificate, existing ones continue. Rejects, and changes nothing,
   * if the files are invalid.
   */
  reload(): Promise<void>;
}

/**
 * gRPC and HTTP share one port, and ALPN chooses between them: HTTP/1.1 for clients that offer it, such as curl and
 * browsers, and HTTP/2 for clients that offer only that, such as gRPC.
 * @param onSecure called with each connection after its handshake
 * @throws Error if the files cannot be read or do not match
 */
export async function createTlsServer(files: TlsFiles, onSecure: (socket: TLSSocket) => void): Promise<TlsServer> {
  const server = createServer(
    {
      ...(await readContext(files)),
      requestCert: files.clientCa !== undefined,
      rejectUnauthorized: files.clientCa !== undefined,
      ALPNCallback: ({ protocols }) => ['http/1.1', 'h2'].find((protocol) => protocols.includes(protocol)),
    },
    onSecure,
  );
  // A client that aborts the handshake needs no handling.
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  return {
    server,
    reload: async () => server.setSecureContext(await readContext(files)),
  };
}

async function readContext({ cert, key, clientCa }: TlsFiles): Promise<SecureContextOptions> {
  const [certificate, privateKey, authority] = await Promise.all([
    readFile(cert),
    readFile(key),
    clientCa === undefined ? undefined : readFile(clientCa),
  ]);
  const context: SecureContextOptions = {
    cert: certificate,
    key: privateKey,
    ...(authority !== undefined && { ca: authority }),
    minVersion: 'TLSv1.2',
  };
  // Throws if the key does not match the certificate, before the server uses either.
  createSecureContext(context);
  return context;
}
