import { randomBytes, randomUUID } from 'node:crypto';
import { Code } from '../../gen/google/rpc/code.js';
import type { Status } from '../../gen/google/rpc/status.js';
import { httpStatus } from '../errors/http-status.js';
import { reasonOf } from '../errors/status.js';
import { CallRecord } from '../telemetry/call-record.js';
import { CallSpan } from '../telemetry/call-span.js';
import type { Log } from '../telemetry/log.js';
import type { Metrics } from '../telemetry/metrics.js';
import { serverTiming } from '../telemetry/server-timing.js';
import type { IncomingCall, Outcome } from './incoming-call.js';

/** Where calls are reported. */
export interface Reporting {
  readonly log: Log;
  readonly metrics: Metrics;
}

/** What a call came to. */
export type Result = { readonly response: Buffer } | { readonly status: Status };

/** Client request IDs are logged as sent, truncated to this length. */
const maxIdLength = 128;

/** Follows a call from its start and reports it when it ends: its log line, its metrics and its span. */
export class CallReport {
  readonly requestId: string = randomUUID();
  readonly traceId: string;
  readonly record: CallRecord;
  /** ID of the caller, once it is authenticated. */
  principal: string | undefined;
  /** Folder that the caller may use, once it is authorized. */
  folder = '';
  readonly #started = performance.now();
  readonly #path: string;
  readonly #incoming: IncomingCall;
  readonly #reporting: Reporting;

  readonly #span: CallSpan;
  readonly #kind: 'call' | 'forwarded';

  /** @param path `/package.Service/Method` */
  constructor(kind: 'call' | 'forwarded', path: string, incoming: IncomingCall, reporting: Reporting) {
    this.#kind = kind;
    this.#path = path;
    this.#incoming = incoming;
    this.#reporting = reporting;
    this.record = new CallRecord(reporting.metrics.listenTo(() => this.folder));
    const { http, peer } = incoming;
    this.#span = new CallSpan({ path, http, peer, header: (name) => incoming.header(name) });
    this.traceId = this.#span.traceId ?? traceIdOf(incoming);
  }

  /** Runs a task as part of the call, for what follows it by the context of OpenTelemetry. */
  run<Task>(task: () => Task): Task {
    return this.#span.run(task);
  }

  /** Headers by which another server continues the trace of the call. */
  outgoingHeaders(): Readonly<Record<string, string>> {
    return this.#span.outgoingHeaders();
  }

  /** The IDs with which this server answers. */
  get headers(): Outcome['headers'] {
    return { 'x-request-id': this.requestId, 'x-server-trace-id': this.traceId };
  }

  /** Reports the end of the call. @param answered what another server said that answered in place of this one */
  end(result: Result, answered?: Pick<Outcome, 'headers' | 'timing'>): Outcome {
    const milliseconds = performance.now() - this.#started;
    const { headers, timing } = answered ?? { headers: this.headers, timing: serverTiming(this.record, milliseconds) };
    const { record, folder } = this;
    const ours = 'status' in result ? result.status.code : Code.OK;
    const code = this.#incoming.sentCode?.() ?? ours;
    const reason = 'status' in result && code === ours ? reasonOf(result.status) : undefined;
    const responseBytes = 'response' in result ? result.response.length : 0;
    this.#log({ code, reason, responseBytes, milliseconds: Math.round(milliseconds) }, headers);
    this.#reporting.metrics.callEnded({ code, reason, folder });
    const requestId = headers['x-request-id'] ?? this.requestId;
    this.#span.end({ requestId, code, httpStatus: httpStatus(code), reason, record });
    return { headers, folder, timing, ...result };
  }

  #log({ code, reason, ...rest }: Ending, headers: Outcome['headers']): void {
    const { transport, peer } = this.#incoming;
    const { requestBytes, images, features, queueMs } = this.record;
    this.#reporting.log.info(this.#kind, {
      requestId: headers['x-request-id'],
      traceId: headers['x-server-trace-id'],
      clientRequestId: this.#incoming.header('x-client-request-id')?.slice(0, maxIdLength),
      principal: this.principal,
      peer,
      transport,
      method: this.#path,
      code,
      ...(transport === 'rest' && { status: httpStatus(code) }),
      reason,
      requestBytes,
      ...(images > 0 && { images, features, queueMs: Math.round(queueMs) }),
      ...rest,
    });
  }
}

/** How a call ended, for its log line. */
interface Ending {
  readonly code: number;
  readonly reason: string | undefined;
  readonly responseBytes: number;
  readonly milliseconds: number;
}

/** The caller's trace ID (https://www.w3.org/TR/trace-context/), or a new one. */
function traceIdOf(incoming: IncomingCall): string {
  const [, traceId] =
    /^[\da-f]{2}-([\da-f]{32})-[\da-f]{16}-[\da-f]{2}/.exec(incoming.header('traceparent') ?? '') ?? [];
  return traceId ?? randomBytes(16).toString('hex');
}
