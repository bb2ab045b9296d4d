import { AnalyzeResult } from '../gen/yandex/cloud/ai/vision/v1/vision_service.js';
import type { LocalEngine } from '../server/analyze/engine.js';

const response = AnalyzeResult.encode({ error: undefined, results: [] }).finish();

/** An engine that looks at nothing, so that the way to an engine is what is measured. */
export const idleEngine: LocalEngine = {
  analyze: () => Promise.resolve({ response, stages: [] }),
  call: () => Promise.reject(new Error('There is no index')),
  ready: () => Promise.resolve(),
  status: () => ({
    residentBytes: 0,
    busyThreads: 0,
    idleThreads: 0,
    stoppedThreads: 0,
    readyModels: 0,
    unusableModels: 0,
    indexImages: 0,
    indexMemoryBytes: 0,
  }),
  close: () => Promise.resolve(),
};
