import { listOf, numberOf, recordOf, textOf } from './json.js';

/** Why something failed, as far as the server told. */
export interface Problem {
  /** Reason of docs/errors.md, or one of the page's own: see `ownReasons`. Empty if none is known. */
  readonly reason: string;
  /** The sentence of the server, in English. */
  readonly message: string;
  /** After how many seconds a retry makes sense. */
  readonly retrySeconds: number | undefined;
  /** By which the operator finds the request in the log. */
  readonly requestId: string;
}

/** Reasons that the page itself finds. */
export const ownReasons = ['UNREACHABLE', 'UNEXPECTED_ANSWER', 'PICTURE_UNREADABLE', 'FILE_TOO_LARGE'] as const;

/** A call that failed. */
export class CallError extends Error {
  override readonly name = 'CallError';

  constructor(readonly problem: Problem) {
    super(problem.message);
  }
}

/** A problem that the page itself finds. */
export function ownProblem(reason: (typeof ownReasons)[number], message = ''): Problem {
  return { reason, message, retrySeconds: undefined, requestId: '' };
}

/** A google.rpc.Status as JSON. @param retryAfter header of the response, in seconds */
export function problemOf(status: unknown, retryAfter?: string | null): Problem {
  const { message, details } = recordOf(status);
  const all = listOf(details).map(recordOf);
  const ofType = (name: string) => all.find((detail) => textOf(detail['@type']).endsWith(`/google.rpc.${name}`)) ?? {};
  const seconds = retryAfter
    ? numberOf(retryAfter)
    : numberOf(textOf(ofType('RetryInfo')['retryDelay']).replace(/s$/, ''));
  return {
    reason: textOf(ofType('ErrorInfo')['reason']),
    message: textOf(message),
    retrySeconds: seconds > 0 ? Math.ceil(seconds) : undefined,
    requestId: textOf(ofType('RequestInfo')['requestId']),
  };
}

/** What was thrown, as a problem. Undefined if the page itself ended the call. */
export function problemOfError(error: unknown): Problem | undefined {
  if (error instanceof CallError) return error.problem;
  if (error instanceof DOMException && error.name === 'AbortError') return undefined;
  return ownProblem('UNEXPECTED_ANSWER', error instanceof Error ? error.message : String(error));
}
