import type { FaceAnnotation } from '../../../gen/yandex/cloud/ai/vision/v1/face_detection.js';
import type { Image } from '../../image/image.js';
import type { WorkerPool } from '../../threads/worker-pool.js';
import { annotateFaces } from './annotation.js';
import type { FaceJobs } from './face-jobs.js';

export interface FaceDependencies {
  readonly pool: WorkerPool<FaceJobs>;
  /** Path of YuNet's file; undefined where it is missing or unusable. */
  readonly findYuNet: () => Promise<string | undefined>;
}

/**
 * Finds the faces of an image. For an image without faces the annotation is empty.
 * @throws WorkerCrashedError, or the signal's reason
 */
export async function analyzeFaces(
  { pool, findYuNet }: FaceDependencies,
  image: Image,
  signal: AbortSignal,
): Promise<FaceAnnotation> {
  const yuNetPath = await findYuNet();
  const faces = await pool.run('findFaces', { image, yuNetPath }, signal);
  return annotateFaces(image, faces);
}
