import { serveJobs } from '../threads/jobs.js';
import { loadBackboneJobs, type BackboneJobs } from './backbone/backbone.js';
import { loadClassificationJobs, type ClassificationJobs } from './classification/classification-jobs.js';
import { createFaceJobs, type FaceJobs } from './face-detection/face-jobs.js';
import { loadCopyJobs, type CopyJobs } from './image-copy-search/copy-jobs.js';
import { loadTextJobs, type TextJobs } from './text-detection/text-jobs.js';

/** All jobs that an inference thread does. */
export type InferenceJobs = TextJobs & BackboneJobs & ClassificationJobs & FaceJobs & CopyJobs;

serveJobs<InferenceJobs>({
  ...(await loadTextJobs()),
  ...loadBackboneJobs(),
  ...loadClassificationJobs(),
  ...createFaceJobs(),
  ...loadCopyJobs(),
});
