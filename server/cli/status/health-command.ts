import { defineCommand } from '../define-command.js';
import { noOperands } from '../operands.js';
import { connectionOf, connectionOptions } from '../options/connection-options.js';
import { AwayError } from './ask-server.js';
import { readReadiness } from './read-readiness.js';

// Health checks need no credentials, and belong to no folder.
const { folder: _folder, 'api-key': _apiKey, ...options } = connectionOptions;

export const healthCommand = defineCommand({
  name: 'health',
  summary: 'Checks whether a server is ready, for containers and scripts.',
  about: 'Checks whether a server is ready. Prints why it is not, and nothing if it is.',
  operands: noOperands,
  options,
  notes: 'Exit code 0 if the server is ready, 1 if it is not, 3 if it cannot be reached.',
  async run(values) {
    const connection = await connectionOf({ ...values, folder: '', 'api-key': undefined }, {});
    try {
      const { ready, reason } = await readReadiness(connection);
      if (!ready) process.stderr.write(`${reason}\n`);
      return ready ? 0 : 1;
    } catch (error) {
      if (!(error instanceof AwayError)) throw error;
      process.stderr.write(`${error.message}\n`);
      return 3;
    }
  },
});
