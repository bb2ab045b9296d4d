// Traces of visiond: a span for every call, and below it one for each stage of each image.
//
//   npm install @opentelemetry/sdk-trace-node@2 @opentelemetry/resources@2 @opentelemetry/exporter-trace-otlp-http@0.223
//   NODE_OPTIONS="--import ./otel.mjs" OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318 visiond serve
//
// Without OTEL_EXPORTER_OTLP_ENDPOINT, the spans are printed on standard output.
import { isMainThread } from 'node:worker_threads';

// NODE_OPTIONS reaches the threads of visiond, too. They make no spans.
if (isMainThread) {
  const { BatchSpanProcessor, ConsoleSpanExporter, NodeTracerProvider, SimpleSpanProcessor } =
    await import('@opentelemetry/sdk-trace-node');
  const { resourceFromAttributes } = await import('@opentelemetry/resources');
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': process.env.OTEL_SERVICE_NAME ?? 'visiond' }),
    spanProcessors: [
      process.env.OTEL_EXPORTER_OTLP_ENDPOINT === undefined
        ? new SimpleSpanProcessor(new ConsoleSpanExporter())
        : new BatchSpanProcessor(await otlpExporter()),
    ],
  });
  provider.register();
  // The server ends by itself when it has drained. What it has not sent by then would be lost.
  process.once('beforeExit', () => void provider.shutdown());
}

async function otlpExporter() {
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http');
  return new OTLPTraceExporter();
}
