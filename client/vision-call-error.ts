import type { ServiceError } from '@grpc/grpc-js';
import { codeFromJSON, type Code } from '../gen/google/rpc/code.js';
import { Status } from '../gen/google/rpc/status.js';

/** A call that failed as a whole. Errors of a file or a feature are in the results. */
export class VisionCallError extends Error {
  override readonly name = 'VisionCallError';

  constructor(
    readonly code: Code,
    message: string,
    /** Packed messages of google.rpc such as ErrorInfo, as the server sent them. */
    readonly details: Status['details'],
    /** Names the call in the log of the server. */
    readonly requestId: string | undefined,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  /** Reads what gRPC knows of the failure. */
  static from(cause: ServiceError): VisionCallError {
    const { code, details: message, metadata } = cause;
    const [packed] = metadata.get('grpc-status-details-bin');
    const details = Buffer.isBuffer(packed) ? Status.decode(packed).details : [];
    const [requestId] = metadata.get('x-request-id');
    return new VisionCallError(codeFromJSON(code), message, details, requestId?.toString(), { cause });
  }
}
