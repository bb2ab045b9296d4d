import { loadClassificationJobs, type ClassificationJobs } from './features/classification/classification-jobs.js';
import { loadTextJobs, type TextJobs } from './features/text-detection/text-jobs.js';
import { loadBackboneJobs, type BackboneJobs } from './inference/backbone.js';
import { serveJobs } from './inference/jobs.js';

/** All jobs that an inference thread does. */
export type InferenceJobs = TextJobs & BackboneJobs & ClassificationJobs;

serveJobs<InferenceJobs>({ ...(await loadTextJobs()), ...loadBackboneJobs(), ...loadClassificationJobs() });
