import { serveJobs } from '../threads/jobs.js';
import { loadPdfJobs } from './pdf-jobs.js';

serveJobs(await loadPdfJobs());
