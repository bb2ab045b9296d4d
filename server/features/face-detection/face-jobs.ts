import type { Image } from '../../image/image.js';
import { convertedModels } from '../../inference/converted-models.js';
import type { JobHandlers } from '../../inference/jobs.js';
import { loadConvertedModel, loadPulledModel } from '../../inference/onnx-session.js';
import { pulledModels } from '../../inference/pulled-models.js';
import type { Face, FindFaces } from './face.js';
import { createPackagedFinder } from './packaged-finder.js';
import { createYuNetFinder, yuNetOutputs } from './yunet.js';

/** The work of face detection that runs on inference threads. */
export type FaceJobs = {
  /** Faces with the probability that they are. With YuNet where the path of its file is given, else with what is packaged. */
  findFaces: { input: { image: Image; yuNetPath: string | undefined }; output: Face[] };
};

/** The models are loaded by the first image that needs them: a thread that reads text only does without their 40 MB. */
export function createFaceJobs(): JobHandlers<FaceJobs> {
  const packaged = once(loadPackaged);
  const pulled = once(loadYuNet);
  return {
    async findFaces({ image, yuNetPath }) {
      const find = yuNetPath === undefined ? await packaged() : await pulled(yuNetPath);
      return find(image);
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

/** Keeps what `load` gave. When it failed, the next call tries again. */
function once<Args extends unknown[], Value>(load: (...args: Args) => Promise<Value>): (...args: Args) => Promise<Value> {
  let loaded: Promise<Value> | undefined;
  return (...args) => {
    loaded ??= load(...args).catch((error: unknown) => {
      loaded = undefined;
      throw error;
    });
    return loaded;
  };
}
