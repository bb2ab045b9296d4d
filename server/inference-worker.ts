import { loadClassificationJobs, type ClassificationJobs } from './features/classification/classification-jobs.js';
import { createFaceJobs, type FaceJobs } from './features/face-detection/face-jobs.js';
import { loadCopyJobs, type CopyJobs } from './features/image-copy-search/copy-jobs.js';
import { loadTextJobs, type TextJobs } from './features/text-detection/text-jobs.js';
import { loadBackboneJobs, type BackboneJobs } from './inference/backbone.js';
import { serveJobs } from './inference/jobs.js';

/** All jobs that an inference thread does. */
export type InferenceJobs = TextJobs & BackboneJobs & ClassificationJobs & FaceJobs & CopyJobs;

serveJobs<InferenceJobs>({
  ...(await loadTextJobs()),
  ...loadBackboneJobs(),
  ...loadClassificationJobs(),
  ...createFaceJobs(),
  ...loadCopyJobs(),
});
