import { Code } from '../../gen/google/rpc/code.js';
import { codeOf, type Problem } from '../core/errors.js';
import { fieldsOf, listOf, textOf } from '../core/json.js';

/** Codes for answers that are not the server's own, such as those of a proxy. */
const codes: Readonly<Record<number, Code>> = {
  400: Code.INVALID_ARGUMENT,
  401: Code.UNAUTHENTICATED,
  403: Code.PERMISSION_DENIED,
  404: Code.NOT_FOUND,
  413: Code.INVALID_ARGUMENT,
  429: Code.RESOURCE_EXHAUSTED,
  501: Code.UNIMPLEMENTED,
  502: Code.UNAVAILABLE,
  503: Code.UNAVAILABLE,
  504: Code.DEADLINE_EXCEEDED,
};

/** Reads the body of an answer that is no success. */
export function problemOfResponse(status: number, body: unknown, requestId: string | undefined): Problem {
  const isOurs = typeof fieldsOf(body)['code'] === 'number';
  const problem = isOurs ? problemOfJson(body) : { code: codes[status] ?? Code.UNKNOWN, message: `HTTP ${status}` };
  return { ...problem, requestId: problem.requestId ?? requestId };
}

/** Reads a google.rpc.Status in JSON. */
export function problemOfJson(status: unknown): Problem {
  const { code, message, details } = fieldsOf(status);
  const byType = new Map(
    listOf(details).map((detail) => {
      const fields = fieldsOf(detail);
      return [textOf(fields['@type']).split('.').at(-1), fields];
    }),
  );
  const violations = listOf(byType.get('BadRequest')?.['fieldViolations']).map(fieldsOf);
  return {
    code: codeOf(code),
    message: textOf(message),
    reason: textOf(byType.get('ErrorInfo')?.['reason']) || undefined,
    fields: violations.map(({ field, description }) => ({ field: textOf(field), description: textOf(description) })),
    retryAfterMs: millisecondsOf(byType.get('RetryInfo')?.['retryDelay']),
    requestId: textOf(byType.get('RequestInfo')?.['requestId']) || undefined,
  };
}

/** A Duration in JSON is seconds with an `s`. */
function millisecondsOf(duration: unknown): number | undefined {
  return typeof duration === 'string' && /^\d+(\.\d+)?s$/.test(duration)
    ? Number.parseFloat(duration) * 1000
    : undefined;
}
