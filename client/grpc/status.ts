import type { ServiceError } from '@grpc/grpc-js';
import { BadRequest, ErrorInfo, RequestInfo, RetryInfo } from '../../gen/google/rpc/error_details.js';
import { Status } from '../../gen/google/rpc/status.js';
import { codeOf, VisionCallError, type Problem } from '../core/errors.js';

/** Reads a status and its details. */
export function problemOfStatus({ code, message, details }: Status): Problem {
  const detail = (name: string): Buffer | undefined =>
    details.find(({ typeUrl }) => typeUrl.endsWith(`google.rpc.${name}`))?.value;
  const [info, bad, retry, request] = ['ErrorInfo', 'BadRequest', 'RetryInfo', 'RequestInfo'].map(detail);
  const delay = retry === undefined ? undefined : RetryInfo.decode(retry).retryDelay;
  return {
    code: codeOf(code),
    message,
    reason: info === undefined ? undefined : ErrorInfo.decode(info).reason,
    fields: bad === undefined ? [] : BadRequest.decode(bad).fieldViolations,
    retryAfterMs: delay === undefined ? undefined : Number(delay.seconds) * 1000 + delay.nanos / 1e6,
    requestId: request === undefined ? undefined : RequestInfo.decode(request).requestId,
    details,
  };
}

/** Converts the error of a gRPC call. */
export function callError(cause: ServiceError): VisionCallError {
  const { code, details: message, metadata } = cause;
  const [packed] = metadata.get('grpc-status-details-bin');
  const details = Buffer.isBuffer(packed) ? Status.decode(packed).details : [];
  const problem = problemOfStatus({ code, message, details });
  const requestId = problem.requestId ?? metadata.get('x-request-id')[0]?.toString();
  return new VisionCallError({ ...problem, requestId }, { cause });
}
