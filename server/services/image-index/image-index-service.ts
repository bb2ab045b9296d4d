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
import { runAdmitted, type ImageAdmission } from '../../analyze/admit-image.js';
import { callMethod, type Engine, type EngineMethod } from '../../analyze/engine.js';
import { createValidator, type Validator } from '../../contract/validator.js';
import { VisionError } from '../../errors/errors.js';
import { bindMethod, type BoundMethod, type CallContext, type MethodDefinition } from '../../pipeline/call.js';
import type { Pipeline } from '../../pipeline/run-call.js';
import { bindStream, type BoundStreamMethod } from '../../pipeline/stream-call.js';
import { addImages, type IndexContext } from './add-images.js';
import { validateAddresses } from './check-request.js';

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
  const add = async (request: AddImageRequest, context: IndexContext): Promise<AddImageResponse> => {
    validateAddresses(request);
    context.quota.takeImageOfIndex();
    return runAdmitted(dependencies, request.content, dependencies.estimate, context, () =>
      callMethod(engine, service.addImage, request, context),
    );
  };
  const search = async (request: SearchImagesRequest, context: IndexContext) => {
    const run = () => callMethod(engine, service.searchImages, request, context);
    const { source } = request;
    context.quota.takeImageOfIndex();
    return source?.$case === 'content'
      ? runAdmitted(dependencies, source.value, dependencies.estimate, context, run)
      : run();
  };
  const computeSignature = async (request: ComputeSignatureRequest, context: IndexContext) => {
    context.quota.takeImageOfIndex();
    return runAdmitted(dependencies, request.content, dependencies.estimate, context, () =>
      callMethod(engine, service.computeSignature, request, context),
    );
  };
  const getStats = async (request: GetStatsRequest, context: CallContext): Promise<GetStatsResponse> => {
    const stats = await callMethod(engine, service.getStats, request, context);
    // Of all folders together: others could watch how their neighbors grow.
    return context.isAdministrator ? stats : { ...stats, memoryBytes: 0n, diskBytes: 0n };
  };
  const compact = async (request: CompactIndexRequest, context: CallContext) => {
    if (!context.isAdministrator) throw VisionError.of('ADMINISTRATOR_REQUIRED');
    return callMethod(engine, service.compactIndex, request, context);
  };

  /** A method by what runs it: the engine, unless something else is given. */
  const bind = <Request extends FolderRequest, Response>(
    definition: MethodDefinition<Request, Response> & EngineMethod<Request, Response>,
    message: string,
    handle = (request: Request, context: CallContext): Promise<Response> =>
      callMethod(engine, definition, request, context),
  ): BoundMethod =>
    bindMethod(definition, { folder: ({ folderId }) => folderId, validate: validator(message), handle }, pipeline);

  return {
    methods: [
      bind(service.addImage, 'AddImageRequest', add),
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

interface FolderRequest {
  readonly folderId: string;
}

function validator(message: string): Validator {
  return createValidator(`visiond.index.v1.${message}`);
}
