import type { VisionClientOptions } from '../../../client/index.js';
import { askServer, AwayError } from './ask-server.js';

/** What `/readyz` says. */
export interface ServerReadiness {
  readonly ready: boolean;
  /** Why the server is not ready, empty if it is. */
  readonly reason: string;
  /** What is wrong although it is ready. */
  readonly warnings: readonly string[];
}

/** Asks a server whether it is ready. @throws AwayError */
export async function readReadiness(connection: VisionClientOptions): Promise<ServerReadiness> {
  const { text } = await askServer(connection, '/readyz');
  const readiness = parseReadiness(text);
  if (readiness === undefined) throw new AwayError(`${connection.endpoint} answers, but is no visiond.`);
  return readiness;
}

function parseReadiness(text: string): ServerReadiness | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof json !== 'object' || json === null || !('status' in json)) return undefined;
  const { status } = json;
  if (status !== 'ready' && status !== 'not ready') return undefined;
  const warnings: unknown = 'warnings' in json ? json.warnings : [];
  return {
    ready: status === 'ready',
    reason: 'reason' in json ? String(json.reason) : '',
    warnings: Array.isArray(warnings) ? warnings.map(String) : [],
  };
}
