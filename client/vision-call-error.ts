import type { ServiceError } from '@grpc/grpc-js';
import { codeFromJSON, type Code } from '../gen/google/rpc/code.js';
import { Status } from '../gen/google/rpc/status.js';

/** A failed call. Errors of a file or a feature are part of the results instead. */
export class VisionCallError extends Error {
  override readonly name = 'VisionCallError';

  constructor(
    readonly code: Code,
    message: string,
    /** Packed google.rpc messages from the server, such as ErrorInfo. */
    readonly details: Status['details'],
    /** Identifies the call in the server's log. */
    readonly requestId: string | undefined,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  /** Converts the error of a gRPC call. */
  static from(cause: ServiceError): VisionCallError {
    const { code, details: message, metadata } = cause;
    const [packed] = metadata.get('grpc-status-details-bin');
    const details = Buffer.isBuffer(packed) ? Status.decode(packed).details : [];
    const [requestId] = metadata.get('x-request-id');
    return new VisionCallError(codeFromJSON(code), message, details, requestId?.toString(), { cause });
  }
}
