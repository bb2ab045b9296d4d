import { Metadata, type StatusObject } from '@grpc/grpc-js';
import { Status } from '../../gen/google/rpc/status.js';

/**
 * A status as grpc-js sends it, with its details. Errors are trailers-only: clients lose the code if metadata was sent
 * first.
 */
export function statusObject(status: Status, metadata = new Metadata()): StatusObject {
  metadata.set('grpc-status-details-bin', Buffer.from(Status.encode(status).finish()));
  return { code: status.code, details: status.message, metadata };
}
