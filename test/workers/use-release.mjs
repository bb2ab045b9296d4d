// Serves from a release, asks the server by the commands of the release, and stops it. Prints what was said as JSON.
// Arguments: folder of the release, empty folder for the data, a PDF file.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';

const [release, data, pdf] = process.argv.slice(2);
const program = join(release, 'bin/visiond.js');
const server = spawn(
  process.execPath,
  [program, 'serve', '--listen', '127.0.0.1:0', '--data-dir', data, '--workers', '1'],
  { stdio: ['ignore', 'pipe', 'inherit'] },
);
const endpoint = await new Promise((resolve, reject) => {
  let said = '';
  server.once('exit', () => reject(new Error(`The server ended: ${said}`)));
  server.stdout.on('data', (chunk) => {
    said += chunk;
    if (said.includes('Ready')) resolve(/listening on http:\/\/(\S+)/.exec(said)[1]);
  });
});

/** Output of a command, or what went wrong. */
const visiond = (...args) =>
  promisify(execFile)(process.execPath, [program, ...args, '--endpoint', endpoint]).then(
    ({ stdout }) => stdout,
    String,
  );
const sample = join(release, 'examples/sample.png');
const overlay = join(data, 'overlay.png');
const answers = {
  readyz: await (await fetch(`http://${endpoint}/readyz`)).json(),
  pages: await Promise.all(['/', '/docs'].map(async (path) => (await fetch(`http://${endpoint}${path}`)).status)),
  analyze: await visiond(
    'analyze',
    sample,
    '--text',
    'ru,en',
    '--faces',
    '--classify',
    'quality,moderation,objects',
    '--overlay',
    overlay,
  ),
  pdf: await visiond('analyze', pdf, '--text', 'en'),
  add: await visiond('index', 'add', sample, '--id', 'sample'),
  search: await visiond('index', 'search', sample),
};
server.kill('SIGTERM');
const [code] = await once(server, 'exit');
process.stdout.write(JSON.stringify({ ...answers, code }));
