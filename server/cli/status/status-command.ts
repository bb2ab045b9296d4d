import type { VisionClientOptions } from '../../../client/index.js';
import { flag } from '../../settings/option.js';
import { readMetrics } from '../../telemetry/read-metrics.js';
import { defineCommand } from '../define-command.js';
import { noOperands } from '../operands.js';
import { connectionOf, connectionOptions } from '../options/connection-options.js';
import { askServer, AwayError } from './ask-server.js';
import { printStatus } from './print-status.js';
import { readReadiness } from './read-readiness.js';
import { summarize, type Summary } from './summarize.js';

// The figures are those of all folders.
const { folder: _folder, ...options } = connectionOptions;

export const statusCommand = defineCommand({
  name: 'status',
  summary: 'Prints the state and the figures of a running server.',
  about:
    'Prints the state of a running server: whether it is ready, and figures about its queue, threads, memory, calls, ' +
    'models and index. They are those of /readyz and /metrics.',
  operands: noOperands,
  options: { json: flag('Prints one JSON object.'), ...options },
  notes:
    'Exit code 0 if the server is ready, 1 if it is not or if its figures cannot be read, 3 if it cannot be reached.',
  async run({ json, ...values }) {
    const connection = await connectionOf({ ...values, folder: '' }, process.env);
    try {
      const readiness = await readReadiness(connection);
      const figures = await readFigures(connection);
      const summary = 'summary' in figures ? figures.summary : undefined;
      if ('problem' in figures) process.stderr.write(`${figures.problem}\n`);
      process.stdout.write(
        json
          ? `${JSON.stringify({ endpoint: connection.endpoint, ...readiness, ...summary }, undefined, 2)}\n`
          : printStatus(connection.endpoint, readiness, summary),
      );
      return readiness.ready && summary !== undefined ? 0 : 1;
    } catch (error) {
      if (!(error instanceof AwayError)) throw error;
      process.stderr.write(`${error.message}\n`);
      return 3;
    }
  },
});

async function readFigures(
  connection: VisionClientOptions,
): Promise<{ readonly summary: Summary } | { readonly problem: string }> {
  const { status, text } = await askServer(connection, '/metrics');
  if (status === 200) return { summary: summarize(readMetrics(text), Date.now() / 1000) };
  if (status === 401) {
    return { problem: 'The server shows its figures to holders of a key only: give --api-key or VISIOND_API_KEY.' };
  }
  return { problem: `The server does not show its figures: HTTP ${status}.` };
}
