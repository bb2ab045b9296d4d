import {
  Metadata,
  type handleClientStreamingCall,
  type sendUnaryData,
  type ServerReadableStream,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { Status } from '../../gen/google/rpc/status.js';
import type { BoundStreamMethod } from '../pipeline/stream-call.js';

/** A method with a stream of requests and one response, as a service of grpc-js. */
export function clientStreamService(method: BoundStreamMethod): [ServiceDefinition, UntypedServiceImplementation] {
  const [, , name = ''] = method.path.split('/');
  const answer = async (call: ServerReadableStream<Buffer, Buffer>, callback: sendUnaryData<Buffer>): Promise<void> => {
    const disconnect = new AbortController();
    call.once('cancelled', () => disconnect.abort());
    const deadline = call.getDeadline();
    const incoming = {
      transport: 'grpc',
      disconnected: disconnect.signal,
      deadline: deadline === Infinity ? undefined : new Date(deadline),
    } as const;
    const outcome = await method.call(incoming, messagesOf(call));
    const metadata = new Metadata();
    metadata.set('x-request-id', outcome.requestId);
    if ('response' in outcome) {
      call.sendMetadata(metadata);
      callback(null, outcome.response);
      return;
    }
    const { code, message } = outcome.status;
    metadata.set('grpc-status-details-bin', Buffer.from(Status.encode(outcome.status).finish()));
    callback({ code, details: message, metadata });
  };
  const handle: handleClientStreamingCall<Buffer, Buffer> = (call, callback) => void answer(call, callback);
  const asIs = (bytes: Buffer): Buffer => bytes;
  const definition: ServiceDefinition = {
    [name]: {
      path: method.path,
      requestStream: true,
      responseStream: false,
      requestSerialize: asIs,
      requestDeserialize: asIs,
      responseSerialize: asIs,
      responseDeserialize: asIs,
    },
  };
  return [definition, { [name]: handle }];
}

/** Reads as fast as the messages are taken: a client that sends faster is held back by the connection. */
async function* messagesOf(call: ServerReadableStream<Buffer, Buffer>): AsyncGenerator<Buffer> {
  const messages: AsyncIterable<unknown> = call;
  for await (const message of messages) {
    if (Buffer.isBuffer(message)) yield message;
  }
}
