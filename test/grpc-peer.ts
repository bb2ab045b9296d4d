import {
  Server,
  ServerCredentials,
  type handleUnaryCall,
  type Metadata,
  type ServerUnaryCall,
  type ServiceError,
} from '@grpc/grpc-js';

/** A call as the server of `serveGrpc` got it. */
export type Received = ServerUnaryCall<Buffer, Buffer>;

/** What it answers: bytes, with trailing metadata or without, an error, or `undefined`, which never comes. */
export type Answer = (received: Received) => Buffer | Trailed | Partial<ServiceError> | undefined;

interface Trailed {
  readonly response: Buffer;
  readonly trailers: Metadata;
}

export interface GrpcPeer {
  readonly port: number;
  /** Ends it with its connections. */
  readonly stop: () => void;
}

const asIs = (bytes: Buffer): Buffer => bytes;

/** A plain server of grpc-js on 127.0.0.1, with unary methods by their paths. Messages stay bytes. */
export async function serveGrpc(
  methods: Readonly<Record<string, Answer>>,
  { credentials = ServerCredentials.createInsecure(), port = 0 } = {},
): Promise<GrpcPeer> {
  const server = new Server({ 'grpc.max_receive_message_length': -1 });
  for (const [path, answer] of Object.entries(methods)) {
    const handle: handleUnaryCall<Buffer, Buffer> = (received, callback) => {
      const result = answer(received);
      if (Buffer.isBuffer(result)) callback(null, result);
      else if (result !== undefined && 'response' in result) callback(null, result.response, result.trailers);
      else if (result !== undefined) callback(result);
    };
    const definition = {
      path,
      requestStream: false,
      responseStream: false,
      requestSerialize: asIs,
      requestDeserialize: asIs,
      responseSerialize: asIs,
      responseDeserialize: asIs,
    };
    server.addService({ method: definition }, { method: handle });
  }
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, credentials, (error, at) => (error === null ? resolve(at) : reject(error)));
  });
  return { port: bound, stop: () => server.forceShutdown() };
}
