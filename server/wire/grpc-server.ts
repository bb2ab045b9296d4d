import {
  Metadata,
  Server,
  type handleUnaryCall,
  type sendUnaryData,
  type ServerUnaryCall,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { loadFileDescriptorSetFromBuffer } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';
import { HealthImplementation } from 'grpc-health-check';
import { descriptorSet } from '../../gen/descriptor-set.js';
import { Status } from '../../gen/google/rpc/status.js';
import type { BoundMethod } from '../pipeline/call.js';
import type { BoundStreamMethod } from '../pipeline/stream-call.js';
import { clientStreamService } from './client-stream.js';

/** The gRPC side: methods, health and reflection. */
export interface GrpcServer {
  readonly server: Server;
  /** Tells health checks whether calls are welcome. */
  setServing(serving: boolean): void;
}

/** @param maxRequestBytes largest request message */
export function createGrpcServer(
  methods: readonly BoundMethod[],
  maxRequestBytes: number,
  streams: readonly BoundStreamMethod[] = [],
): GrpcServer {
  const server = new Server({
    'grpc.max_receive_message_length': maxRequestBytes,
    // Answers are not limited: a page full of small print may pass the 4 MB that clients allow by default.
    'grpc.max_send_message_length': -1,
  });
  const services = new Set<string>();
  for (const method of methods) {
    const [, service = '', name = ''] = method.path.split('/');
    services.add(service);
    server.addService(...unaryService(name, method));
  }
  for (const method of streams) server.addService(...clientStreamService(method));
  const health = new HealthImplementation();
  health.addToServer(server);
  new ReflectionService(loadFileDescriptorSetFromBuffer(Buffer.from(descriptorSet))).addToServer(server);
  const setServing = (serving: boolean): void => {
    for (const service of ['', ...services]) health.setStatus(service, serving ? 'SERVING' : 'NOT_SERVING');
  };
  setServing(false);
  return { server, setServing };
}

function unaryService(name: string, method: BoundMethod): [ServiceDefinition, UntypedServiceImplementation] {
  const answer = async (call: ServerUnaryCall<Buffer, Buffer>, callback: sendUnaryData<Buffer>): Promise<void> => {
    const disconnect = new AbortController();
    call.once('cancelled', () => disconnect.abort());
    const deadline = call.getDeadline();
    const incoming = {
      transport: 'grpc',
      disconnected: disconnect.signal,
      deadline: deadline === Infinity ? undefined : new Date(deadline),
    } as const;
    const outcome = await method.call(incoming, () => call.request);
    const metadata = new Metadata();
    metadata.set('x-request-id', outcome.requestId);
    if ('response' in outcome) {
      call.sendMetadata(metadata);
      callback(null, outcome.response);
      return;
    }
    // An error goes in the trailers alone: clients lose the code when metadata were sent before it.
    const { code, message } = outcome.status;
    metadata.set('grpc-status-details-bin', Buffer.from(Status.encode(outcome.status).finish()));
    callback({ code, details: message, metadata });
  };
  const handle: handleUnaryCall<Buffer, Buffer> = (call, callback) => void answer(call, callback);
  // Messages stay bytes here: a malformed one is answered by the pipeline, where grpc-js would say INTERNAL.
  const asIs = (bytes: Buffer): Buffer => bytes;
  const definition: ServiceDefinition = {
    [name]: {
      path: method.path,
      requestStream: false,
      responseStream: false,
      requestSerialize: asIs,
      requestDeserialize: asIs,
      responseSerialize: asIs,
      responseDeserialize: asIs,
    },
  };
  return [definition, { [name]: handle }];
}
