import { fileURLToPath } from 'node:url';

/** Folder of the repository. This module runs as `server/paths.ts` under the tests and as `dist/server/paths.js` else. */
export const repositoryRoot = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? '..' : '../..', import.meta.url));

/** How folders are made that hold secrets and images: for their owner alone. */
export const privateFolder = { recursive: true, mode: 0o700 } as const;
