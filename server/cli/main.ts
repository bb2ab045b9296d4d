import { fileProblem, UnusableFileError } from '../files/file-problem.js';
import { ConfigError } from '../settings/config-error.js';
import { didYouMean } from '../strings/nearest-name.js';
import { analyzeCommand } from './analyze/analyze-command.js';
import { certsCommand } from './certs-command.js';
import { UsageError, type Command } from './command.js';
import { doctorCommand } from './doctor-command.js';
import { onFailedOutput } from './failed-output.js';
import { indexCommand } from './index/index-command.js';
import { keysCommand } from './keys-command.js';
import { modelsCommand } from './models-command.js';
import { table } from './options/help-text.js';
import { serveCommand } from './serve-command.js';

const commands = new Map<string, Command>(
  [serveCommand, analyzeCommand, indexCommand, modelsCommand, keysCommand, certsCommand, doctorCommand].map(
    (command) => [command.name, command],
  ),
);

const help = `visiond: a self-hosted image analysis server that speaks the Yandex Cloud Vision v1 API.

Usage: visiond COMMAND [OPTIONS]

${table([...commands].map(([name, { summary }]) => [name, summary]))}

Run visiond COMMAND --help for the details of a command.
`;

process.exitCode = await main(process.argv.slice(2));

async function main([name, ...args]: readonly string[]): Promise<number> {
  onFailedOutput(commands.get(name ?? '')?.outlivesOutput ? 'go on' : 'end');
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(help);
    return name === undefined ? 2 : 0;
  }
  const command = commands.get(name);
  if (command === undefined) {
    const known = [...commands.keys()];
    process.stderr.write(`Unknown command "${name}".${didYouMean(name, known)} Known: ${known.join(', ')}.\n`);
    return 2;
  }
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(`${command.help.trim()}\n`);
    return 0;
  }
  try {
    return await command.run(args);
  } catch (error) {
    if (error instanceof UsageError || error instanceof ConfigError) {
      process.stderr.write(`${error.message}\nSee visiond ${name} --help.\n`);
      return 2;
    }
    if (error instanceof UnusableFileError) {
      process.stderr.write(`${error.message}\n`);
      return 1;
    }
    const problem = fileProblem(error);
    if (problem !== undefined) {
      process.stderr.write(`${problem.path ?? 'A file'} cannot be used: ${problem.reason}.\n`);
      return 1;
    }
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return 1;
  }
}
