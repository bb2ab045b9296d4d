import { authorizeFolder, type Authenticate } from '../auth/principal.js';
import type { CheckOrigin } from '../auth/request-origin.js';
import { VisionError } from '../errors/errors.js';
import { toRequestStatus } from '../errors/status.js';
import type { Quotas } from '../quota/quotas.js';
import type { CallRecord } from '../telemetry/call-record.js';
import { CallReport, type Reporting, type Result } from './call-report.js';
import type { IncomingCall, Outcome } from './incoming-call.js';

/** Dependencies that all methods of a server share. */
export interface Pipeline extends Reporting {
  readonly checkOrigin: CheckOrigin;
  readonly authenticate: Authenticate;
  readonly quotas: Quotas;
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
  /** `host:port` that the client addressed, as reported by a trusted proxy if there is one. */
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
 * Runs a call with everything that all calls share: IDs, deadline, cancellation, authentication, errors, reporting.
 * @param task returns the response
 */
export async function runCall(
  { path, isPublic }: { readonly path: string; readonly isPublic: boolean },
  pipeline: Pipeline,
  incoming: IncomingCall,
  task: (call: AuthenticatedCall) => Promise<Buffer>,
): Promise<Outcome> {
  const report = new CallReport('call', path, incoming, pipeline);
  const { requestId, record } = report;
  const { signal, release } = callSignal(incoming);
  let result: Result;
  try {
    pipeline.checkOrigin({ host: incoming.host, origin: incoming.header('origin') });
    const caller = isPublic ? undefined : await pipeline.authenticate(incoming.header('authorization'));
    report.principal = caller?.id;
    const folderFor = (named: string): string =>
      (report.folder =
        caller === undefined ? '' : authorizeFolder(caller, named || (incoming.header('x-folder-id') ?? '')));
    const { host } = incoming;
    const isAdministrator = caller?.isAdministrator ?? false;
    const call = { requestId, record, signal, host, folderFor, isAdministrator };
    result = { response: await report.run(() => task(call)) };
  } catch (error) {
    // A disconnecting client may end its stream with an error; the signal has the better reason.
    const reason: unknown = signal.aborted ? signal.reason : error;
    if (!(reason instanceof VisionError)) pipeline.log.error('call failed', { requestId, error: reason });
    result = { status: toRequestStatus(reason, requestId) };
  } finally {
    release();
  }
  return report.end(result);
}

/** Maximum delay of a timer: 2^31 - 1 ms, 24 days. */
const maxTimeoutMs = 0x7fffffff;

/** One signal for disconnect and deadline. Call `release` when the call is over. */
function callSignal(incoming: IncomingCall): { signal: AbortSignal; release: () => void } {
  const { disconnected } = incoming;
  const controller = new AbortController();
  const onDisconnect = (): void => controller.abort(VisionError.of('CANCELLED'));
  if (disconnected.aborted) onDisconnect();
  disconnected.addEventListener('abort', onDisconnect);
  const expire = (): void => controller.abort(VisionError.of('DEADLINE_EXCEEDED'));
  const deadline = deadlineOf(incoming, controller);
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

/** Aborts the call if the client sent a deadline that is none. */
function deadlineOf(incoming: IncomingCall, controller: AbortController): Date | undefined {
  try {
    return incoming.deadline;
  } catch (error) {
    controller.abort(error);
    return undefined;
  }
}
