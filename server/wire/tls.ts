import { readFile } from 'node:fs/promises';
import { createSecureContext, createServer, type SecureContextOptions, type Server, type TLSSocket } from 'node:tls';

/** PEM files of a TLS server. */
export interface TlsFiles {
  /** Certificate, with those of the authorities between it and the root behind it. */
  readonly cert: string;
  readonly key: string;
  /** Authority of the clients. Where it is given, a client without a certificate of it is turned away. */
  readonly clientCa: string | undefined;
}

/** TLS on top of connections that somebody else accepts. */
export interface TlsServer {
  /** Not listening itself: connections come by its event `connection`. */
  readonly server: Server;
  /** Reads the files again. New connections get the new certificate, running ones go on. Rejects, and changes nothing, where they are wrong. */
  reload(): Promise<void>;
}

/**
 * gRPC and HTTP share one port, so ALPN chooses between them: HTTP/1.1 for whoever offers it, such as curl and browsers,
 * and HTTP/2 for those who offer nothing else, such as gRPC.
 * @param onSecure gets a connection when its handshake is done
 * @throws Error where the files cannot be read or do not fit together
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
  // A client that breaks the handshake off is its own trouble.
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
  // Throws where the key is not the certificate's, before the server has taken either.
  createSecureContext(context);
  return context;
}
