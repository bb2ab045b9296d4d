import { fileProblem, UnusableFileError } from '../files/file-problem.js';
import { ConfigError } from '../settings/config-error.js';
import { didYouMean } from '../strings/nearest-name.js';
import { UsageError, type Command } from './command.js';
import { onFailedOutput } from './failed-output.js';
import { table } from './options/help-text.js';

/** The commands, each loaded when it is called: a health check must not load what analyzes images. */
const commands: ReadonlyMap<string, () => Promise<Command>> = new Map([
  ['serve', async () => (await import('./serve-command.js')).serveCommand],
  ['analyze', async () => (await import('./analyze/analyze-command.js')).analyzeCommand],
  ['index', async () => (await import('./index/index-command.js')).indexCommand],
  ['models', async () => (await import('./models-command.js')).modelsCommand],
  ['keys', async () => (await import('./keys-command.js')).keysCommand],
  ['certs', async () => (await import('./certs-command.js')).certsCommand],
  ['doctor', async () => (await import('./doctor-command.js')).doctorCommand],
  ['status', async () => (await import('./status/status-command.js')).statusCommand],
  ['health', async () => (await import('./status/health-command.js')).healthCommand],
]);

process.exitCode = await main(process.argv.slice(2));

async function main([name, ...args]: readonly string[]): Promise<number> {
  const load = commands.get(name ?? '');
  const command = await load?.();
  onFailedOutput(command?.outlivesOutput ? 'go on' : 'end');
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(await help());
    return name === undefined ? 2 : 0;
  }
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

async function help(): Promise<string> {
  const loaded = await Promise.all(Array.from(commands.values(), (load) => load()));
  return `visiond: a self-hosted image analysis server that speaks the Yandex Cloud Vision v1 API.

Usage: visiond COMMAND [OPTIONS]

${table(loaded.map(({ name, summary }) => [name, summary]))}

Run visiond COMMAND --help for the details of a command.
`;
}
