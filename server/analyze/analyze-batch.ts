import { BinaryWriter } from '@bufbuild/protobuf/wire';
import {
  AnalyzeResult,
  type AnalyzeSpec,
  type BatchAnalyzeRequest,
  type Feature,
} from '../../gen/yandex/cloud/ai/vision/v1/vision_service.js';
import { VisionError } from '../errors/errors.js';
import { toStatus } from '../errors/status.js';
import type { FolderQuota } from '../quota/quotas.js';
import type { Log } from '../telemetry/log.js';
import type { Admitted, Work } from './admission.js';
import { pixelsOf, runInTurn, type AdmittedCall, type ImageAdmission } from './admit-image.js';
import type { Engine } from './engine.js';
import { addRefused, withoutRefused, type Refusals } from './refused-features.js';
import { takeQuota } from './take-quota.js';

/** Dependencies of a batch. */
export interface BatchDependencies extends ImageAdmission {
  readonly engine: Engine;
  /** Estimated time of a feature for an image of so many pixels: milliseconds on one core. */
  readonly estimate: (feature: Feature, pixels: number) => number;
  readonly log: Log;
}

/** The call that a batch belongs to. */
export interface BatchContext extends AdmittedCall {
  readonly requestId: string;
  /** What its folder may still use. Absent for calls of the server itself. */
  readonly quota?: FolderQuota;
}

interface RunningBatch extends BatchContext {
  /** Ends all of its images. `signal` fires with it. */
  readonly failAll: AbortController;
  /** Features that exceed the quota. */
  readonly refusals: Refusals;
}

/** A file that may be analyzed, or the result of one that may not. */
type Plan = { readonly spec: AnalyzeSpec; readonly work: Work } | { readonly result: Uint8Array };

const decodeMsPerMegapixel = 20;
/** A signature is read and searched for, without any pixels. */
export const signatureWork: Work = { pixels: 0, milliseconds: 50 };

/**
 * Analyzes the images of a request in parallel. Results keep the order and length of the request, and an error affects
 * only its file.
 * @returns a BatchAnalyzeResponse in its binary form: results are passed on as the engine encoded them
 * @throws VisionError OVERLOADED or ENGINE_LOST, or the signal's reason
 */
export async function analyzeBatch(
  dependencies: BatchDependencies,
  { analyzeSpecs }: BatchAnalyzeRequest,
  context: BatchContext,
): Promise<Buffer> {
  const refusals = takeQuota(analyzeSpecs, context.quota);
  const plans = analyzeSpecs.map((spec) => planFile(dependencies, spec, refusals, context));
  const works = plans.flatMap((plan) => ('work' in plan ? [plan.work] : []));
  const { record } = context;
  const features = analyzeSpecs.reduce((sum, spec) => sum + spec.features.length, 0);
  record.addImages(analyzeSpecs.length, features);
  const admitted = dependencies.admission.enter(context.folderId, works);
  const failAll = new AbortController();
  const call = { ...context, signal: AbortSignal.any([context.signal, failAll.signal]), failAll, refusals };
  try {
    const results = await Promise.all(plans.map((plan, image) => runPlan(dependencies, plan, image, admitted, call)));
    return encodeResponse(results);
  } finally {
    admitted.leave();
  }
}

/** Looks at the header of a file: what is refused by it never reaches an engine. */
function planFile(
  dependencies: BatchDependencies,
  spec: AnalyzeSpec,
  refusals: Refusals,
  { requestId }: BatchContext,
): Plan {
  if (spec.source?.$case !== 'content') return { spec, work: signatureWork };
  try {
    const pixels = pixelsOf(spec.source.value, dependencies);
    if (spec.features.every((feature) => refusals.has(feature))) {
      return { result: addRefused(noResults, spec.features, refusals, requestId) };
    }
    let milliseconds = (decodeMsPerMegapixel * pixels) / 1e6;
    for (const feature of withoutRefused(spec, refusals).features) {
      milliseconds += dependencies.estimate(feature, pixels);
    }
    return { spec, work: { pixels, milliseconds } };
  } catch (error) {
    return { result: failure(error, requestId, dependencies.log) };
  }
}

async function runPlan(
  { engine, log }: BatchDependencies,
  plan: Plan,
  image: number,
  admitted: Admitted,
  call: RunningBatch,
): Promise<Uint8Array> {
  if ('result' in plan) return plan.result;
  const { spec, work } = plan;
  const { signal, record, requestId, failAll, refusals } = call;
  try {
    return await runInTurn(admitted, work, image, call, async (hold) => {
      const { response, stages } = await engine
        .analyze(withoutRefused(spec, refusals), { ...call, hold })
        .catch((error: unknown) => {
          // The client is to send the whole request again, so that its other images are not needed.
          if (error instanceof VisionError && error.reason === 'ENGINE_LOST') failAll.abort(error);
          throw error;
        });
      for (const stage of stages) record.addStage({ ...stage, image });
      record.addPixels(work.pixels);
      return addRefused(response, spec.features, refusals, requestId);
    });
  } catch (error) {
    if (error instanceof VisionError && error.reason === 'OVERLOADED') failAll.abort(error);
    signal.throwIfAborted();
    return failure(error, requestId, log);
  }
}

function failure(error: unknown, requestId: string, log: Log): Uint8Array {
  if (!(error instanceof VisionError)) log.error('file failed', { requestId, error });
  return AnalyzeResult.encode({ error: toStatus(error, requestId), results: [] }).finish();
}

/** An AnalyzeResult without features. */
const noResults = new Uint8Array();

/** Field number of BatchAnalyzeResponse.results. */
const resultsField = 1;
const lengthDelimited = 2;

function encodeResponse(results: readonly Uint8Array[]): Buffer {
  const writer = new BinaryWriter();
  for (const result of results) writer.tag(resultsField, lengthDelimited).bytes(result);
  const { buffer, byteOffset, length } = writer.finish();
  return Buffer.from(buffer, byteOffset, length);
}
