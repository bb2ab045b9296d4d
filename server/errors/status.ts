import type { Any } from '../../gen/google/protobuf/any.js';
import { Code } from '../../gen/google/rpc/code.js';
import { BadRequest, ErrorInfo, QuotaFailure, RequestInfo, RetryInfo } from '../../gen/google/rpc/error_details.js';
import type { Status } from '../../gen/google/rpc/status.js';
import { VisionError } from './errors.js';

/** `ErrorInfo.domain` of all our errors. */
const domain = 'visiond';
/** Details are sent in HTTP/2 trailers, and grpc-js drops the connection at about 60 KB of them. */
const maxViolations = 20;
const maxText = 1000;
/** Codes of errors that pass by themselves: `seconds` is the time until then. */
const retryCodes: ReadonlySet<Code> = new Set([Code.UNAVAILABLE, Code.RESOURCE_EXHAUSTED]);

/** The status for an error. Anything but a VisionError becomes INTERNAL, without its text. */
export function toStatus(error: unknown, requestId: string): Status {
  const known = error instanceof VisionError ? error : VisionError.of('INTERNAL', { requestId });
  const metadata = Object.fromEntries(
    Object.entries(known.metadata).map(([name, value]) => [name, shorten(value.trim())]),
  );
  const details = [pack('ErrorInfo', ErrorInfo.encode({ reason: known.reason, domain, metadata }))];
  if (known.violations.length > 0) {
    const fieldViolations = known.violations.slice(0, maxViolations).map(({ field, description }) => ({
      field: shorten(field),
      description: shorten(description),
    }));
    details.push(pack('BadRequest', BadRequest.encode({ fieldViolations })));
  }
  if (known.quota !== undefined) {
    const { subject, description } = known.quota;
    details.push(
      pack('QuotaFailure', QuotaFailure.encode({ violations: [{ subject: shorten(subject), description }] })),
    );
  }
  const seconds = known.metadata['seconds'];
  if (retryCodes.has(known.code) && seconds !== undefined) {
    details.push(pack('RetryInfo', RetryInfo.encode({ retryDelay: { seconds: BigInt(seconds), nanos: 0 } })));
  }
  return { code: known.code, message: shorten(known.message, 4 * maxText), details };
}

/** The same with RequestInfo, for errors of a whole request. */
export function toRequestStatus(error: unknown, requestId: string): Status {
  const status = toStatus(error, requestId);
  status.details.push(pack('RequestInfo', RequestInfo.encode({ requestId, servingData: '' })));
  return status;
}

/** The ErrorInfo.reason in a status, undefined if it has none. */
export function reasonOf({ details }: Status): string | undefined {
  const info = details.find(({ typeUrl }) => typeUrl === typeUrlOf('ErrorInfo'));
  return info && ErrorInfo.decode(info.value).reason;
}

function pack(name: string, encoded: { finish(): Uint8Array }): Any {
  return { typeUrl: typeUrlOf(name), value: Buffer.from(encoded.finish()) };
}

function typeUrlOf(name: string): string {
  return `type.googleapis.com/google.rpc.${name}`;
}

function shorten(text: string, limit = maxText): string {
  return text.length <= limit ? text : `${text.slice(0, limit)}…`;
}
