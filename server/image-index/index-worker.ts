import { workerData } from 'node:worker_threads';
import { serveJobs } from '../threads/jobs.js';
import { createIndexJobs } from './index-jobs.js';

const data: unknown = workerData;
if (typeof data !== 'object' || data === null || !('path' in data) || typeof data.path !== 'string') {
  throw new Error('The index thread needs the path of its store');
}
serveJobs(createIndexJobs(data.path));
