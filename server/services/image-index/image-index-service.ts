import {
  ImageIndexServiceService as service,
  type AddImageRequest,
  type AddImageResponse,
  type CompactIndexRequest,
  type ComputeSignatureRequest,
  type GetStatsRequest,
  type GetStatsResponse,
  type SearchImagesRequest,
} from '../../../gen/visiond/index/v1/image_index_service.js';
import type { Admission, Hold } from '../../analyze/admission.js';
import { runAdmitted, runInTurn, type AdmittedCall, type ImageAdmission } from '../../analyze/admit-image.js';
import { callMethod, type Engine, type EngineMethod } from '../../analyze/engine.js';
import { signatureWork } from '../../analyze/plan-files.js';
import { createValidator, type Validator } from '../../contract/validator.js';
import { VisionError } from '../../errors/errors.js';
import { bindMethod, type BoundMethod, type CallContext, type MethodDefinition } from '../../pipeline/call.js';
import type { Pipeline } from '../../pipeline/run-call.js';
import { bindStream, type BoundStreamMethod } from '../../pipeline/stream-call.js';
import { addImages, type AddContext } from './add-images.js';
import { validateAddresses } from './check-request.js';
import { Lookups } from './lookups.js';

/** Dependencies of the service. */
export interface ImageIndexDependencies extends ImageAdmission {
  readonly engine: Engine;
  /** Inference threads of the engine. */
  readonly threads: number;
  /** Estimated time to describe an image of so many pixels: milliseconds on one core. */
  readonly estimate: (pixels: number) => number;
}

/** The methods of visiond.index.v1.ImageIndexService, which manages and searches the corpora. */
export function createImageIndexService(
  dependencies: ImageIndexDependencies,
  pipeline: Pipeline,
): { readonly methods: readonly BoundMethod[]; readonly streams: readonly BoundStreamMethod[] } {
  const { engine } = dependencies;
  const lookups = new Lookups();
  const add = async (request: AddImageRequest, context: AddContext): Promise<AddImageResponse> => {
    validateAddresses(request);
    context.takeQuota();
    return runAdmitted(dependencies, request.content, dependencies.estimate, context, (hold) =>
      callMethod(engine, service.addImage, request, { ...context, hold }),
    );
  };
  const search = async (request: SearchImagesRequest, context: CallContext) => {
    const run = (hold: Hold) => callMethod(engine, service.searchImages, request, { ...context, hold });
    const { source } = request;
    context.quota.takeImageOfIndex();
    return source?.$case === 'content'
      ? runAdmitted(dependencies, source.value, dependencies.estimate, context, run)
      : runSignature(dependencies.admission, context, run);
  };
  const computeSignature = async (request: ComputeSignatureRequest, context: CallContext) => {
    context.quota.takeImageOfIndex();
    return runAdmitted(dependencies, request.content, dependencies.estimate, context, (hold) =>
      callMethod(engine, service.computeSignature, request, { ...context, hold }),
    );
  };
  const lookUp = <Request, Response>(
    method: EngineMethod<Request, Response>,
    request: Request,
    context: CallContext,
  ): Promise<Response> => lookups.run(() => callMethod(engine, method, request, context));
  const getStats = async (request: GetStatsRequest, context: CallContext): Promise<GetStatsResponse> => {
    const stats = await lookUp(service.getStats, request, context);
    // Of all folders together: others could watch how their neighbors grow.
    return context.isAdministrator ? stats : { ...stats, memoryBytes: 0n, diskBytes: 0n };
  };
  const compact = async (request: CompactIndexRequest, context: CallContext) => {
    if (!context.isAdministrator) throw VisionError.of('ADMINISTRATOR_REQUIRED');
    return lookUp(service.compactIndex, request, context);
  };

  /** A method by what runs it: a lookup, unless something else is given. */
  const bind = <Request extends FolderRequest, Response>(
    definition: MethodDefinition<Request, Response> & EngineMethod<Request, Response>,
    message: string,
    handle = (request: Request, context: CallContext): Promise<Response> => lookUp(definition, request, context),
  ): BoundMethod =>
    bindMethod(definition, { folder: ({ folderId }) => folderId, validate: validator(message), handle }, pipeline);

  return {
    methods: [
      bind(service.addImage, 'AddImageRequest', (request, context) =>
        add(request, { ...context, takeQuota: () => context.quota.takeImageOfIndex() }),
      ),
      bind(service.getImage, 'GetImageRequest'),
      bind(service.deleteImage, 'DeleteImageRequest'),
      bind(service.listImages, 'ListImagesRequest'),
      bind(service.searchImages, 'SearchImagesRequest', search),
      bind(service.computeSignature, 'ComputeSignatureRequest', computeSignature),
      bind(service.getStats, 'GetStatsRequest', getStats),
      bind(service.compactIndex, 'CompactIndexRequest', compact),
    ],
    streams: [
      bindStream(
        service.addImages,
        {
          folder: ({ image }) => image?.folderId ?? '',
          validate: validator('AddImagesRequest'),
          handle: (items, context) =>
            addImages({ add, threads: dependencies.threads, log: pipeline.log }, items, context),
        },
        pipeline,
      ),
    ],
  };
}

/** Runs a search by signature when it is its turn: it passes no images, but compares as much as one by image. */
async function runSignature<Result>(
  admission: Admission,
  call: AdmittedCall,
  search: (hold: Hold) => Promise<Result>,
): Promise<Result> {
  const admitted = admission.enter(call.folderId, [signatureWork]);
  call.record.addImages(1, 1);
  try {
    return await runInTurn(admitted, signatureWork, 0, call, search);
  } finally {
    admitted.leave();
  }
}

interface FolderRequest {
  readonly folderId: string;
}

function validator(message: string): Validator {
  return createValidator(`visiond.index.v1.${message}`);
}
