import { createFaceJobs, type FaceJobs } from './features/face-detection/face-jobs.js';
import { loadTextJobs, type TextJobs } from './features/text-detection/text-jobs.js';
import { serveJobs } from './inference/jobs.js';

/** All jobs that an inference thread does. */
export type InferenceJobs = TextJobs & FaceJobs;

serveJobs<InferenceJobs>({ ...(await loadTextJobs()), ...createFaceJobs() });
