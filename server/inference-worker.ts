import { loadCopyJobs, type CopyJobs } from './features/image-copy-search/copy-jobs.js';
import { loadTextJobs, type TextJobs } from './features/text-detection/text-jobs.js';
import { serveJobs } from './inference/jobs.js';

/** All jobs that an inference thread does. */
export type InferenceJobs = TextJobs & CopyJobs;

const [text, copies] = await Promise.all([loadTextJobs(), loadCopyJobs()]);
serveJobs<InferenceJobs>({ ...text, ...copies });
