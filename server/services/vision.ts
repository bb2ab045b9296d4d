import { VisionServiceService } from '../../gen/yandex/cloud/ai/vision/v1/vision_service.js';
import { analyzeBatch } from '../analyze/analyze-batch.js';
import type { BatchDependencies } from '../analyze/batch.js';
import { messageDescriptor } from '../contract/descriptors.js';
import { createValidator } from '../contract/validator.js';
import { bindMethod, type BoundMethod } from '../pipeline/call.js';
import type { Pipeline } from '../pipeline/run-call.js';

const packageName = 'yandex.cloud.ai.vision.v1';

/** The methods of yandex.cloud.ai.vision.v1.VisionService. */
export function createVisionService(dependencies: BatchDependencies, pipeline: Pipeline): readonly BoundMethod[] {
  return [
    bindMethod(
      // The response has its binary form already.
      { ...VisionServiceService.batchAnalyze, responseSerialize: (response: Buffer) => response },
      {
        folder: ({ folderId }) => folderId,
        validate: createValidator(`${packageName}.BatchAnalyzeRequest`, checkedLater()),
        handle: (request, context) => analyzeBatch(dependencies, request, context),
      },
      pipeline,
    ),
  ];
}

/** Fields that analyzeBatch validates, so that an invalid file or feature does not fail the whole request. */
function checkedLater(): string[] {
  const { oneofs } = messageDescriptor(`${packageName}.Feature`);
  const configs = oneofs.find(({ name }) => name === 'config')?.fields ?? [];
  return [`${packageName}.AnalyzeSpec.content`, ...configs.map(({ name }) => `${packageName}.Feature.${name}`)];
}
