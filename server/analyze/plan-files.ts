import { AnalyzeResult, type AnalyzeSpec } from '../../gen/yandex/cloud/ai/vision/v1/vision_service.js';
import { VisionError } from '../errors/errors.js';
import { toStatus } from '../errors/status.js';
import { isPdf } from '../image/format.js';
import type { Log } from '../telemetry/log.js';
import type { Work } from './admission.js';
import { checkContentSize, pixelsOf } from './admit-image.js';
import type { BatchDependencies, CheckedBatch } from './batch.js';
import { measurePdf } from './measure-pdf.js';
import { addRefused, withoutRefused } from './refused-features.js';

/** A file that may be analyzed, or the result of one that may not. */
export type Plan =
  | { readonly kind: 'image'; readonly spec: AnalyzeSpec; readonly work: Work }
  | { readonly kind: 'pdf'; readonly spec: AnalyzeSpec; readonly pages: readonly Work[] }
  | { readonly kind: 'result'; readonly result: Uint8Array };

const decodeMsPerMegapixel = 20;
/** A signature is read and searched for, without any pixels. */
export const signatureWork: Work = { pixels: 0, milliseconds: 50 };
/** The pages of a PDF are counted and measured, without any pixels. */
const measureWork: Work = { pixels: 0, milliseconds: 0 };

/** An AnalyzeResult without features. */
const noResults = new Uint8Array();

/** The images of a plan. */
export function worksOf(plan: Plan): readonly Work[] {
  if (plan.kind === 'result') return [];
  return plan.kind === 'pdf' ? plan.pages : [plan.work];
}

/**
 * Looks at the headers of images and at the pages of PDF files: what is refused by them is not analyzed. Each PDF counts
 * as an image meanwhile, so that a folder cannot ask for more of them than it may send images.
 * @throws VisionError OVERLOADED or ENGINE_LOST, or the signal's reason
 */
export async function planFiles(
  dependencies: BatchDependencies,
  specs: readonly AnalyzeSpec[],
  call: CheckedBatch,
): Promise<Plan[]> {
  const files = specs.filter(({ source }) => source?.$case === 'content' && isPdf(source.value));
  const measuring =
    files.length === 0
      ? undefined
      : dependencies.admission.enter(
          call.folderId,
          files.map(() => measureWork),
        );
  try {
    return await Promise.all(specs.map((spec) => planFile(dependencies, spec, call)));
  } finally {
    measuring?.leave();
  }
}

async function planFile(dependencies: BatchDependencies, spec: AnalyzeSpec, call: CheckedBatch): Promise<Plan> {
  const { source, features } = spec;
  const { refusals, requestId, signal } = call;
  if (source?.$case !== 'content') return { kind: 'image', spec, work: signatureWork };
  const refused = (): Plan => ({ kind: 'result', result: addRefused(noResults, features, refusals, requestId) });
  const hasWork = !features.every((feature) => refusals.has(feature));
  const workOf = (pixels: number): Work => ({ pixels, milliseconds: estimateOf(dependencies, spec, call, pixels) });
  try {
    if (!isPdf(source.value)) {
      const pixels = pixelsOf(source.value, dependencies);
      return hasWork ? { kind: 'image', spec, work: workOf(pixels) } : refused();
    }
    checkContentSize(source.value, dependencies);
    if (!hasWork) return refused();
    const pages = await measurePdf(dependencies.engine, source.value, call);
    return { kind: 'pdf', spec, pages: pages.map(({ width, height }) => workOf(width * height)) };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof VisionError && error.reason === 'ENGINE_LOST') throw error;
    return { kind: 'result', result: failure(error, requestId, dependencies.log) };
  }
}

/** Milliseconds on one core. */
function estimateOf(
  { estimate }: BatchDependencies,
  spec: AnalyzeSpec,
  { refusals }: CheckedBatch,
  pixels: number,
): number {
  return withoutRefused(spec, refusals).features.reduce(
    (sum, feature) => sum + estimate(feature, pixels),
    (decodeMsPerMegapixel * pixels) / 1e6,
  );
}

/** The result of a file that cannot be analyzed, an AnalyzeResult in its binary form. */
export function failure(error: unknown, requestId: string, log: Log): Uint8Array {
  if (!(error instanceof VisionError)) log.error('file failed', { requestId, error });
  return AnalyzeResult.encode({ error: toStatus(error, requestId), results: [] }).finish();
}
