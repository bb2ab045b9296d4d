import { BinaryWriter } from '@bufbuild/protobuf/wire';
import type { AnalyzeSpec, BatchAnalyzeRequest } from '../../gen/yandex/cloud/ai/vision/v1/vision_service.js';
import { VisionError } from '../errors/errors.js';
import type { Admitted, Work } from './admission.js';
import { runInTurn } from './admit-image.js';
import type { BatchContext, BatchDependencies, CheckedBatch } from './batch.js';
import { hasFileError, mergePages } from './merge-pages.js';
import { failure, planFiles, worksOf, type Plan } from './plan-files.js';
import { addRefused, refusePdf, withoutRefused } from './refused-features.js';
import { takeQuota } from './take-quota.js';

interface RunningBatch extends CheckedBatch {
  /** Ends all of its images. `signal` fires with it. */
  readonly failAll: AbortController;
  readonly admitted: Admitted;
}

/**
 * Analyzes the files of a request in parallel, and the pages of a file. Results keep the order and length of the request,
 * and an error affects only its file.
 * @returns a BatchAnalyzeResponse in its binary form: results are passed on as the engine encoded them
 * @throws VisionError OVERLOADED or ENGINE_LOST, or the signal's reason
 */
export async function analyzeBatch(
  dependencies: BatchDependencies,
  { analyzeSpecs }: BatchAnalyzeRequest,
  context: BatchContext,
): Promise<Buffer> {
  const refusals = new Map([
    ...takeQuota(analyzeSpecs, context.quota),
    ...refusePdf(analyzeSpecs, dependencies.imagesOnly),
  ]);
  const checked = { ...context, refusals };
  const plans = await planFiles(dependencies, analyzeSpecs, checked);
  const works = plans.flatMap(worksOf);
  // A page counts as an image. The first one of each file has been counted.
  const furtherPages = plans.reduce((sum, plan) => sum + Math.max(0, worksOf(plan).length - 1), 0);
  const features = analyzeSpecs.reduce((sum, spec) => sum + spec.features.length, 0);
  context.record.addImages(plans.length + furtherPages, features);
  context.quota?.chargeImages(furtherPages);
  const admitted = dependencies.admission.enter(context.folderId, works);
  const failAll = new AbortController();
  const call = { ...checked, signal: AbortSignal.any([context.signal, failAll.signal]), failAll, admitted };
  try {
    return encodeResponse(await Promise.all(plans.map((plan, file) => runPlan(dependencies, plan, file, call))));
  } finally {
    admitted.leave();
  }
}

/** @param file its position in the request */
async function runPlan(
  dependencies: BatchDependencies,
  plan: Plan,
  file: number,
  call: RunningBatch,
): Promise<Uint8Array> {
  if (plan.kind === 'result') return plan.result;
  const { spec } = plan;
  const { signal, requestId, failAll, refusals } = call;
  try {
    const result =
      plan.kind === 'pdf'
        ? await runPages(dependencies, spec, plan.pages, file, call)
        : await runImage(dependencies, spec, plan.work, file, call);
    return addRefused(result, spec.features, refusals, requestId);
  } catch (error) {
    if (error instanceof VisionError && error.reason === 'OVERLOADED') failAll.abort(error);
    signal.throwIfAborted();
    return failure(error, requestId, dependencies.log);
  }
}

/** Analyzes the pages of a file, each as an image. When one cannot be rendered, the others are not needed. */
async function runPages(
  dependencies: BatchDependencies,
  spec: AnalyzeSpec,
  pages: readonly Work[],
  file: number,
  call: RunningBatch,
): Promise<Uint8Array> {
  const failFile = new AbortController();
  const pageCall = { ...call, signal: AbortSignal.any([call.signal, failFile.signal]) };
  let failed: Uint8Array | undefined;
  const running = pages.map(async (work, index) => {
    const result = await runImage(dependencies, spec, work, file, pageCall, index + 1);
    if (!hasFileError(result)) return result;
    failed ??= result;
    throw new Error('A page failed');
  });
  try {
    return mergePages(await Promise.all(running));
  } catch (error) {
    failFile.abort(error);
    if (failed !== undefined) return failed;
    throw error;
  }
}

/** Analyzes an image, or a page of a PDF, when it is its turn. @param page from 1 */
function runImage(
  { engine }: BatchDependencies,
  spec: AnalyzeSpec,
  work: Work,
  file: number,
  call: RunningBatch,
  page?: number,
): Promise<Uint8Array> {
  const { admitted, record, failAll, refusals } = call;
  return runInTurn(admitted, work, file, call, async (hold) => {
    const startedMs = performance.timeOrigin + performance.now();
    const { response, stages } = await engine
      .analyze(withoutRefused(spec, refusals), { ...call, hold }, page)
      .catch((error: unknown) => {
        // The client is to send the whole request again, so that its other images are not needed.
        if (error instanceof VisionError && error.reason === 'ENGINE_LOST') failAll.abort(error);
        throw error;
      });
    // The clock of another process may be a millisecond off, and no stage is outside of its call.
    const endedMs = performance.timeOrigin + performance.now();
    const within = (ms: number): number => Math.min(endedMs, Math.max(startedMs, ms));
    for (const { name, startMs, endMs } of stages) {
      record.addStage({ name, startMs: within(startMs), endMs: within(endMs), image: file });
    }
    record.addPixels(work.pixels);
    return response;
  });
}

/** Field number of BatchAnalyzeResponse.results. */
const resultsField = 1;
const lengthDelimited = 2;

function encodeResponse(results: readonly Uint8Array[]): Buffer {
  const writer = new BinaryWriter();
  for (const result of results) writer.tag(resultsField, lengthDelimited).bytes(result);
  const { buffer, byteOffset, length } = writer.finish();
  return Buffer.from(buffer, byteOffset, length);
}
