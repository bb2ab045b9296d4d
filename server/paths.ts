import { fileURLToPath } from 'node:url';

/** Root of the repository. This module runs as `server/paths.ts` in tests and as `dist/server/paths.js` otherwise. */
export const repositoryRoot = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? '..' : '../..', import.meta.url));

/** Options of `mkdir` for folders with secrets and images: only their owner may access them. */
export const privateFolder = { recursive: true, mode: 0o700 } as const;
