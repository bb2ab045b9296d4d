import { AnalyzeSpec } from '../../gen/yandex/cloud/ai/vision/v1/vision_service.js';

/** The method of `Engine.analyze` on its way to a process. */
export const analyzeMethod = 'analyze';

const empty = Buffer.alloc(0);

/** An AnalyzeSpec without its content in binary form, and then the content, which neither side copies. */
export function analyzeRequest(spec: AnalyzeSpec): readonly [message: Uint8Array, content?: Uint8Array] {
  const { source } = spec;
  if (source?.$case !== 'content') return [AnalyzeSpec.encode(spec).finish()];
  const rest: AnalyzeSpec = { ...spec, source: { $case: 'content', value: empty } };
  return [AnalyzeSpec.encode(rest).finish(), source.value];
}

/** @param contentBytes how much of the end of the request is the content */
export function readAnalyzeRequest(request: Buffer, contentBytes: number): AnalyzeSpec {
  const start = request.length - contentBytes;
  const spec = AnalyzeSpec.decode(request.subarray(0, start));
  return spec.source?.$case === 'content'
    ? { ...spec, source: { $case: 'content', value: request.subarray(start) } }
    : spec;
}
