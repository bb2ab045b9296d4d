import { randomBytes, randomUUID } from 'node:crypto';
import { Code } from '../../gen/google/rpc/code.js';
import { authorizeFolder, type Authenticate, type Principal } from '../auth/principal.js';
import type { CheckOrigin } from '../auth/request-origin.js';
import { VisionError } from '../errors/errors.js';
import { toRequestStatus } from '../errors/status.js';
import type { Quotas } from '../quota/quotas.js';
import { CallRecord } from '../telemetry/call-record.js';
import type { Log } from '../telemetry/log.js';
import type { IncomingCall, Outcome } from './incoming-call.js';

/** Dependencies that all methods of a server share. */
export interface Pipeline {
  readonly checkOrigin: CheckOrigin;
  readonly authenticate: Authenticate;
  readonly quotas: Quotas;
  readonly log: Log;
  /** Largest image file, in bytes. */
  readonly maxContentBytes: number;
}

/** A call whose caller is authenticated. */
export interface AuthenticatedCall {
  readonly requestId: string;
  /** To be filled by whoever knows something about the call. */
  readonly record: CallRecord;
  /** Fires with a VisionError when the client disconnects or the deadline expires. */
  readonly signal: AbortSignal;
  /** `host:port` that the client addressed, as reported by a proxy if there is one. */
  readonly host: string | undefined;
  /**
   * The folder of the call, given the one in the request (empty if none). Empty for public methods.
   * @throws VisionError if the caller may not use it
   */
  readonly folderFor: (named: string) => string;
  /** Whether the caller may do what concerns the whole server. */
  readonly isAdministrator: boolean;
}

/**
 * Runs a call with everything that all calls share: IDs, deadline, cancellation, authentication, errors, logging.
 * @param task returns the response
 */
export async function runCall(
  { path, isPublic }: { readonly path: string; readonly isPublic: boolean },
  { checkOrigin, authenticate, log }: Pipeline,
  incoming: IncomingCall,
  task: (call: AuthenticatedCall) => Promise<Buffer>,
): Promise<Outcome> {
  const started = performance.now();
  const requestId = randomUUID();
  const traceId = traceIdOf(incoming);
  const headers = { 'x-request-id': requestId, 'x-server-trace-id': traceId };
  const clientRequestId = incoming.header('x-client-request-id')?.slice(0, maxIdLength);
  const { signal, release } = callSignal(incoming);
  const record = new CallRecord();
  let code: number = Code.OK;
  let principal: Principal | undefined;
  try {
    checkOrigin({ host: incoming.host, origin: incoming.header('origin') });
    if (!isPublic) principal = await authenticate(incoming.header('authorization'));
    const caller = principal;
    const folderFor = (named: string): string =>
      caller === undefined ? '' : authorizeFolder(caller, named || (incoming.header('x-folder-id') ?? ''));
    const host = incoming.header('x-forwarded-host') ?? incoming.host;
    return {
      headers,
      response: await task({
        requestId,
        record,
        signal,
        host,
        folderFor,
        isAdministrator: caller?.isAdministrator ?? false,
      }),
    };
  } catch (error) {
    // A disconnecting client may end its stream with an error; the signal has the better reason.
    const reason: unknown = signal.aborted ? signal.reason : error;
    const status = toRequestStatus(reason, requestId);
    code = status.code;
    if (!(reason instanceof VisionError)) log.error('call failed', { requestId, error: reason });
    return { headers, status };
  } finally {
    release();
    const milliseconds = Math.round(performance.now() - started);
    const ids = { requestId, traceId, clientRequestId, principal: principal?.id };
    log.info('call', { ...ids, transport: incoming.transport, method: path, code, milliseconds });
  }
}

/** Client request IDs are logged as sent, truncated to this length. */
const maxIdLength = 128;

/** The caller's trace ID (https://www.w3.org/TR/trace-context/), or a new one. */
function traceIdOf(incoming: IncomingCall): string {
  const [, traceId] =
    /^[\da-f]{2}-([\da-f]{32})-[\da-f]{16}-[\da-f]{2}/.exec(incoming.header('traceparent') ?? '') ?? [];
  return traceId ?? randomBytes(16).toString('hex');
}

/** Maximum delay of a timer: 2^31 - 1 ms, 24 days. */
const maxTimeoutMs = 0x7fffffff;

/** One signal for disconnect and deadline. Call `release` when the call is over. */
function callSignal({ disconnected, deadline }: IncomingCall): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  const onDisconnect = (): void => controller.abort(VisionError.of('CANCELLED'));
  if (disconnected.aborted) onDisconnect();
  disconnected.addEventListener('abort', onDisconnect);
  const expire = (): void => controller.abort(VisionError.of('DEADLINE_EXCEEDED'));
  const remaining = deadline === undefined ? Infinity : deadline.getTime() - Date.now();
  if (remaining <= 0) expire();
  const timer = remaining > 0 && remaining <= maxTimeoutMs ? setTimeout(expire, remaining) : undefined;
  return {
    signal: controller.signal,
    release: () => {
      clearTimeout(timer);
      disconnected.removeEventListener('abort', onDisconnect);
    },
  };
}
