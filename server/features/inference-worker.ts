import { serveJobs } from '../threads/jobs.js';
import { loadBackboneJobs } from './backbone/backbone-jobs.js';
import { features } from './features.js';

serveJobs(loadBackboneJobs(), ...(await Promise.all(Object.values(features).map(({ loadJobs }) => loadJobs()))));
