import type { Image } from '../../image/image.js';
import { convertedModels } from '../../inference/converted-models.js';
import { lazy } from '../../inference/lazy.js';
import { loadConvertedModel, loadPulledModel } from '../../inference/onnx/onnx-session.js';
import { pulledModels } from '../../inference/pulled-models.js';
import type { JobHandlers } from '../../threads/jobs.js';
import type { Face, FindFaces } from './face.js';
import { createPackagedFinder } from './packaged-finder.js';
import { createYuNetFinder, yuNetOutputs } from './yunet.js';

/** The jobs of face detection that run on inference threads. */
export type FaceJobs = {
  /** Faces with their probabilities: by YuNet where the path of its file is given, else by the packaged models. */
  findFaces: { input: { image: Image; yuNetPath: string | undefined }; output: Face[] };
};

/** Models are loaded for the first image that needs them: a thread that only reads text is spared their 40 MB. */
export function createFaceJobs(): JobHandlers<FaceJobs> {
  const packaged = lazy(loadPackaged);
  const pulled = lazy(loadYuNet);
  return {
    async findFaces({ image, yuNetPath }, checkpoint) {
      const find = yuNetPath === undefined ? await packaged() : await pulled(yuNetPath);
      return find(image, checkpoint);
    },
  };
}

async function loadPackaged(): Promise<FindFaces> {
  const [faceBoxes, blazeFace] = await Promise.all([
    loadConvertedModel(convertedModels.faceBoxes),
    loadConvertedModel(convertedModels.blazeFace),
  ]);
  return createPackagedFinder({ faceBoxes, blazeFace });
}

async function loadYuNet(path: string): Promise<FindFaces> {
  return createYuNetFinder(await loadPulledModel(pulledModels.yuNet, path, yuNetOutputs));
}
