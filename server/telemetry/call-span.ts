import {
  context,
  propagation,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type Span,
  type Tracer,
} from '@opentelemetry/api';
import { stageName, type CallRecord } from './call-record.js';

/** What a span says about a call from its start. */
export interface CallOrigin {
  /** `/package.Service/Method` */
  readonly path: string;
  /** The HTTP request of a call over REST. */
  readonly http?: { readonly verb: string; readonly route: string } | undefined;
  readonly peer: string | undefined;
  /** A header or gRPC metadata value. @param name in lower case */
  header(name: string): string | undefined;
}

/** How a call ended. */
export interface CallEnd {
  readonly requestId: string;
  /** google.rpc.Code */
  readonly code: number;
  /** HTTP status of the code. */
  readonly httpStatus: number;
  /** ErrorInfo.reason, if the call failed. */
  readonly reason: string | undefined;
  readonly record: CallRecord;
}

/**
 * The OpenTelemetry span of a call, and of its stages. The operator brings the SDK, before the server starts
 * (examples/otel.mjs). Without one, nothing is recorded.
 */
export class CallSpan {
  /** Trace ID of the span, undefined if nothing is recorded. */
  readonly traceId: string | undefined;
  readonly #span: Span;
  readonly #context: Context;
  readonly #isGrpc: boolean;

  constructor(call: CallOrigin) {
    // A span that is current already is that of instrumentation which the operator brought along.
    const active = context.active();
    const parent = trace.getSpan(active) === undefined ? propagation.extract(active, call, headerGetter) : active;
    const [, service = '', method = ''] = call.path.split('/');
    const { http, peer } = call;
    this.#isGrpc = http === undefined;
    const name = http === undefined ? `${service}/${method}` : `${http.verb} ${http.route}`;
    const attributes: Attributes = {
      'rpc.service': service,
      'rpc.method': method,
      'client.address': peer,
      ...(http === undefined
        ? { 'rpc.system': 'grpc' }
        : { 'http.request.method': http.verb, 'http.route': http.route }),
    };
    this.#span = tracer().startSpan(name, { kind: SpanKind.SERVER, attributes }, parent);
    this.#context = trace.setSpan(parent, this.#span);
    this.traceId = this.#span.isRecording() ? this.#span.spanContext().traceId : undefined;
  }

  /** Runs a task with the span as the current one. */
  run<Result>(task: () => Result): Result {
    return context.with(this.#context, task);
  }

  /** Headers that make the spans of another server children of this one. Empty without an SDK. */
  outgoingHeaders(): Readonly<Record<string, string>> {
    const headers: Record<string, string> = {};
    propagation.inject(this.#context, headers);
    return headers;
  }

  end({ requestId, code, httpStatus, reason, record }: CallEnd): void {
    if (!this.#span.isRecording()) return;
    this.#span.setAttribute('visiond.request_id', requestId);
    if (this.#isGrpc) this.#span.setAttribute('rpc.grpc.status_code', code);
    else this.#span.setAttribute('http.response.status_code', httpStatus);
    if (reason !== undefined) this.#span.setAttribute('error.type', reason);
    // What the client did wrong is no fault of the server.
    if (httpStatus >= 500) {
      this.#span.setStatus({ code: SpanStatusCode.ERROR, ...(reason !== undefined && { message: reason }) });
    }
    // Stages run in threads and processes without an SDK: their spans are made of the times that they noted.
    for (const stage of record.stages) {
      const options = { startTime: stage.startMs, attributes: { 'visiond.image': stage.image } };
      tracer().startSpan(stageName(stage), options, this.#context).end(stage.endMs);
    }
    this.#span.end();
  }
}

const headerGetter = {
  // The headers that are there are not known; propagators ask for those that they need.
  keys: (): string[] => [],
  get: (call: CallOrigin, name: string): string | undefined => call.header(name.toLowerCase()),
};

function tracer(): Tracer {
  return trace.getTracer('visiond');
}
