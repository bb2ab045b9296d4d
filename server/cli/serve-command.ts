import { relative } from 'node:path';
import { samplePath } from '../analyze/self-test.js';
import { readConfig, type Config } from '../config.js';
import { startServer, type RunningServer } from '../start-server.js';
import { counted } from '../strings/counted.js';
import { createLog } from '../telemetry/log.js';
import { UsageError } from './command.js';
import { defineCommand } from './define-command.js';
import { noOperands } from './operands.js';
import { configOptions } from './options/config-options.js';

export const serveCommand = defineCommand({
  name: 'serve',
  summary: 'Starts the server.',
  about: 'Starts the server: gRPC, REST and health checks on one port.',
  operands: noOperands,
  options: configOptions,
  notes: `On SIGINT (Ctrl-C) or SIGTERM, the server reports that it is not ready, serves for --shutdown-delay, finishes
running calls within --shutdown-seconds, and exits: with code 0, or with code 1 if it had to cut calls. A second signal
cuts them immediately.`,
  outlivesOutput: true,
  async run(flags) {
    const config = readConfig(flags, process.env);
    const started = performance.now();
    const log = createLog(process.stderr, { level: config['log-level'], format: config['log-format'] });

    const server = await startServer(config, log).catch((error: unknown) => {
      throw startError(error, `${config.listen.host}:${config.listen.port}`);
    });
    const { address, port } = server.address;
    const scheme = config['tls-cert'] === undefined ? 'http' : 'https';
    const origin = `${scheme}://${address.includes(':') ? `[${address}]` : address}:${port}`;
    process.stdout.write(`visiond is listening on ${origin} for gRPC, REST and health checks. Loading models ...\n`);
    process.on('SIGHUP', () => {
      server.reload().then(
        () => log.info('TLS certificate reloaded'),
        (error: unknown) => log.error('TLS certificate not reloaded, the old one stays in use', { error }),
      );
    });
    const signals = countSignals();
    try {
      await Promise.race([server.ready, signals.first]);
    } catch (error) {
      await server.close();
      throw error;
    }
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    process.stdout.write(
      `Ready after ${seconds} s. Try it:\n\n${curlLine(origin)}\n\nPress Ctrl-C to stop the server.\n`,
    );
    await signals.first;
    return stop(server, config, signals.second);
  },
});

interface Signals {
  readonly first: Promise<void>;
  readonly second: Promise<void>;
}

/** SIGINT and SIGTERM in any order. */
function countSignals(): Signals {
  const waiting: Array<() => void> = [];
  const next = (): Promise<void> => new Promise((resolve) => waiting.push(resolve));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => waiting.shift()?.());
  return { first: next(), second: next() };
}

/** Stops the server. @returns the exit code */
async function stop(server: RunningServer, config: Config, second: Promise<void>): Promise<number> {
  const delay = config['shutdown-delay'];
  const wait = delay > 0 ? `Serving for ${delay} s more, so that balancers notice. Then finishing` : 'Finishing';
  process.stdout.write(`\n${wait} running calls ... Another signal cuts them.\n`);
  const forced = second.then(() => {
    server.cut();
    return true;
  });
  const closed = server.close();
  const isForced = await Promise.race([closed.then(() => false), forced]);
  const cut = counted(await closed, 'running call was', 'running calls were');
  if (isForced) {
    process.stderr.write(`${cut} cut by a second signal.\n`);
    // Inference threads may be in the middle of an image.
    process.exit(1);
  }
  if ((await closed) > 0) {
    process.stderr.write(
      `${cut} cut after ${config['shutdown-seconds']} s. --shutdown-seconds gives them more time.\n`,
    );
    return 1;
  }
  process.stdout.write('Stopped.\n');
  return 0;
}

function curlLine(origin: string): string {
  const body = `{"analyzeSpecs":[{"content":"'$(base64 < ${relative('', samplePath)} | tr -d '\\n')'","features":[{"type":"TEXT_DETECTION","textDetectionConfig":{"languageCodes":["ru","en"]}}]}]}`;
  return `  echo '${body}' |\n    curl -s --data-binary @- ${origin}/vision/v1/batchAnalyze`;
}

/** Why the port cannot be opened, as a sentence. Other errors are returned as they are. */
function startError(error: unknown, address: string): unknown {
  if (!(error instanceof Error && 'code' in error)) return error;
  const code = String(error.code);
  if (code.startsWith('ERR_OSSL')) return new UsageError(`The TLS files cannot be used: ${error.message}.`);
  const syscall = 'syscall' in error ? error.syscall : undefined;
  if (syscall === 'getaddrinfo') return new UsageError(`${address} is not an address of this machine.`);
  if (syscall !== 'listen') return error;
  if (code === 'EADDRINUSE') {
    return new UsageError(`${address} is already in use. Choose another port with --listen HOST:PORT.`);
  }
  if (code === 'EACCES') {
    return new UsageError(
      `Permission denied: cannot listen on ${address}. Choose another port with --listen HOST:PORT.`,
    );
  }
  if (code === 'EADDRNOTAVAIL') return new UsageError(`${address} is not an address of this machine.`);
  return error;
}
