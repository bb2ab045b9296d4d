import { createIndexClient, VisionCallError, type IndexClient } from '../../../client/index.js';
import { Code } from '../../../gen/google/rpc/code.js';
import { UsageError } from '../command.js';
import { defineActions } from '../define-actions.js';
import { connectionOf, connectionOptions, type ConnectionValues } from '../options/connection-options.js';
import { importAction } from './import-action.js';
import { addAction, compactAction, deleteAction, exportAction, signatureAction, statsAction } from './index-actions.js';
import { searchAction } from './search-action.js';

export const indexCommand = defineActions({
  name: 'index',
  summary: 'Fills and searches the image index of IMAGE_COPY_SEARCH.',
  about: 'Fills and searches the image index of IMAGE_COPY_SEARCH, on a running server.',
  actions: [
    importAction,
    addAction,
    deleteAction,
    searchAction,
    signatureAction,
    statsAction,
    exportAction,
    compactAction,
  ],
  shared: connectionOptions,
  notes: 'Exit code 1 if an image failed, or if nothing was found or deleted.',
  around: withClient,
});

async function withClient(values: ConnectionValues, task: (client: IndexClient) => Promise<number>): Promise<number> {
  const client = createIndexClient(await connectionOf(values, process.env));
  try {
    return await task(client);
  } catch (error) {
    if (!(error instanceof VisionCallError)) throw error;
    const hint = error.code === Code.UNAVAILABLE ? ` Is a server running at ${values.endpoint}?` : '';
    throw new UsageError(`The call failed: ${error.message}.${hint}`);
  } finally {
    client.close();
  }
}
