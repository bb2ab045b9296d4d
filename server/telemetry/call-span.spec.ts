import { context, propagation, trace } from '@opentelemetry/api';
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  SimpleSpanProcessor,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace-node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CallRecord } from './call-record.js';
import { CallSpan, type CallOrigin } from './call-span.js';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const caller = '00f067aa0ba902b7';
const path = '/yandex.cloud.ai.vision.v1.VisionService/BatchAnalyze';
const exporter = new InMemorySpanExporter();

function origin(headers: Readonly<Record<string, string>> = {}, http?: CallOrigin['http']): CallOrigin {
  return { path, http, peer: '192.0.2.7', header: (name) => headers[name] };
}

function end(span: CallSpan, fields: Partial<Parameters<CallSpan['end']>[0]> = {}): void {
  span.end({ requestId: 'id', code: 0, httpStatus: 200, reason: undefined, record: new CallRecord(), ...fields });
}

const milliseconds = ([seconds, nanoseconds]: readonly [number, number]): number => seconds * 1000 + nanoseconds / 1e6;

describe('without an SDK', () => {
  it('nothing is recorded, and no ID is made', async () => {
    const span = new CallSpan(origin({ traceparent: `00-${traceId}-${caller}-01` }));
    expect(span.traceId).toBeUndefined();
    expect(span.run(() => trace.getActiveSpan())).toBeUndefined();
    expect(span.outgoingHeaders()).toEqual({});
    end(span);
  });
});

describe('with an SDK', () => {
  beforeEach(() => {
    exporter.reset();
    new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).register();
  });
  afterEach(() => {
    for (const api of [trace, context, propagation]) api.disable();
  });

  const spans = (): ReadableSpan[] => exporter.getFinishedSpans();

  it('a call has a span below that of its caller', () => {
    const span = new CallSpan(origin({ traceparent: `00-${traceId}-${caller}-01` }));
    end(span, { code: 3, httpStatus: 400, reason: 'INVALID_REQUEST' });
    const [found] = spans();
    expect([span.traceId, found?.spanContext().traceId]).toEqual([traceId, traceId]);
    expect(found?.parentSpanContext?.spanId).toBe(caller);
    expect([found?.name, found?.kind]).toEqual(['yandex.cloud.ai.vision.v1.VisionService/BatchAnalyze', 1]);
    expect(found?.attributes).toEqual({
      'rpc.system': 'grpc',
      'rpc.service': 'yandex.cloud.ai.vision.v1.VisionService',
      'rpc.method': 'BatchAnalyze',
      'rpc.grpc.status_code': 3,
      'client.address': '192.0.2.7',
      'error.type': 'INVALID_REQUEST',
      'visiond.request_id': 'id',
    });
    // Its client is to blame, not the server.
    expect(found?.status).toEqual({ code: 0 });
  });

  it('a call over REST is named by its route, and a failure of the server is marked', () => {
    const span = new CallSpan(origin({}, { verb: 'POST', route: '/vision/v1/batchAnalyze' }));
    end(span, { code: 14, httpStatus: 503, reason: 'OVERLOADED' });
    const [found] = spans();
    expect(found?.name).toBe('POST /vision/v1/batchAnalyze');
    expect(found?.parentSpanContext).toBeUndefined();
    expect(found?.attributes).toMatchObject({
      'http.request.method': 'POST',
      'http.route': '/vision/v1/batchAnalyze',
      'http.response.status_code': 503,
      'rpc.method': 'BatchAnalyze',
    });
    expect(found?.attributes).not.toHaveProperty('rpc.system');
    expect(found?.status).toEqual({ code: 2, message: 'OVERLOADED' });
  });

  it('its stages have spans with the times that were noted', () => {
    const now = Date.now();
    const record = new CallRecord();
    record.addStage({ name: 'decode', image: 0, startMs: now - 300, endMs: now - 280.5 });
    record.addStage({ name: 'TEXT_DETECTION', image: 1, startMs: now - 280, endMs: now - 20 });
    const span = new CallSpan(origin());
    end(span, { record });
    const [decode, text, call] = spans();
    expect([decode?.name, text?.name]).toEqual(['decode', 'text-detection']);
    for (const stage of [decode, text]) {
      expect(stage?.parentSpanContext?.spanId).toBe(call?.spanContext().spanId);
      expect(stage?.spanContext().traceId).toBe(span.traceId);
    }
    expect(decode?.attributes).toEqual({ 'visiond.image': 0 });
    expect(text?.attributes).toEqual({ 'visiond.image': 1 });
    expect(milliseconds(decode?.startTime ?? [0, 0])).toBeCloseTo(now - 300, 1);
    expect(milliseconds(decode?.endTime ?? [0, 0])).toBeCloseTo(now - 280.5, 1);
  });

  it('is the current one for what the call does, and the parent of what another server does for it', async () => {
    const span = new CallSpan(origin());
    const inside = await span.run(async () => {
      await Promise.resolve();
      return trace.getActiveSpan()?.spanContext().traceId;
    });
    expect(inside).toBe(span.traceId);
    const { traceparent } = span.outgoingHeaders();
    end(span);
    expect(traceparent).toBe(`00-${span.traceId}-${spans()[0]?.spanContext().spanId}-01`);
  });

  it('is below a span that instrumentation has opened', () => {
    const tracer = trace.getTracer('instrumentation');
    const outer = tracer.startSpan('http');
    const other = { traceparent: `00-${traceId}-${caller}-01` };
    context.with(trace.setSpan(context.active(), outer), () => end(new CallSpan(origin(other))));
    expect(spans()[0]?.parentSpanContext?.spanId).toBe(outer.spanContext().spanId);
  });
});
