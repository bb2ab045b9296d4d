import { relative } from 'node:path';
import { samplePath } from '../analyze/self-test.js';
import { startServer } from '../start-server.js';
import { createLog } from '../telemetry/log.js';
import { parseCommandLine, UsageError, type Command } from './command.js';
import { configFrom, configHelp, configOptions } from './options/config-options.js';

export const serveCommand: Command = {
  summary: 'Starts the server.',
  outlivesOutput: true,
  help: `Starts the server: gRPC, REST and health checks on one port.

Usage: visiond serve [OPTIONS]

${configHelp}

SIGINT (Ctrl-C) and SIGTERM let running calls finish and end the server with code 0.
`,
  async run(args) {
    const { values, positionals } = parseCommandLine(args, configOptions);
    if (positionals.length > 0) throw new UsageError(`serve takes no arguments, but got "${positionals.join(' ')}".`);
    const config = configFrom(values);
    const started = performance.now();
    const log = createLog(process.stderr);

    const server = await startServer(config, log).catch((error: unknown) => {
      throw startError(error, `${config.listen.host}:${config.listen.port}`);
    });
    const { address, port } = server.address;
    const scheme = config['tls-cert'] === undefined ? 'http' : 'https';
    const origin = `${scheme}://${address.includes(':') ? `[${address}]` : address}:${port}`;
    process.stdout.write(`visiond listens on ${origin} for gRPC, REST and health checks. Loading models ...\n`);
    process.on('SIGHUP', () => {
      server.reload().then(
        () => log.info('TLS certificate reloaded'),
        (error: unknown) => log.error('TLS certificate not reloaded, the old one stays in use', { error }),
      );
    });
    const stopped = untilSignal();
    try {
      await Promise.race([server.ready, stopped]);
    } catch (error) {
      await server.close();
      throw error;
    }
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    process.stdout.write(`Ready after ${seconds} s. Try it:\n\n${curlLine(origin)}\n\nCtrl-C stops the server.\n`);
    await stopped;
    process.stdout.write('\nFinishing running calls ...\n');
    await server.close();
    process.stdout.write('Stopped.\n');
    return 0;
  },
};

function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}

function curlLine(origin: string): string {
  const body = `{"analyzeSpecs":[{"content":"'$(base64 < ${relative('', samplePath)} | tr -d '\\n')'","features":[{"type":"TEXT_DETECTION","textDetectionConfig":{"languageCodes":["ru","en"]}}]}]}`;
  return `  echo '${body}' |\n    curl -s --data-binary @- ${origin}/vision/v1/batchAnalyze`;
}

/** What keeps the port from opening, as a sentence. Whatever else goes wrong at the start stays as it is. */
function startError(error: unknown, address: string): unknown {
  if (!(error instanceof Error && 'code' in error)) return error;
  const code = String(error.code);
  if (code.startsWith('ERR_OSSL')) return new UsageError(`The files of TLS cannot be used: ${error.message}.`);
  const syscall = 'syscall' in error ? error.syscall : undefined;
  if (syscall === 'getaddrinfo') return new UsageError(`${address} is not an address of this machine.`);
  if (syscall !== 'listen') return error;
  if (code === 'EADDRINUSE') {
    return new UsageError(`${address} is taken by another program. --listen HOST:PORT takes another port.`);
  }
  if (code === 'EACCES') {
    return new UsageError(`This user may not listen on ${address}. --listen HOST:PORT takes another port.`);
  }
  if (code === 'EADDRNOTAVAIL') return new UsageError(`${address} is not an address of this machine.`);
  return error;
}
