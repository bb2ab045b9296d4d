// Runs blocks of shell commands in their order, each as a script that ends where a command fails, and prints as JSON how
// they ended. A block that serves is done when its server is ready; the server is stopped at the end.
// Argument: an array of { commands, serves } as JSON.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** How long a server may take to stop. */
const stopMs = 15_000;
const scripts = [];

function start({ commands, serves }) {
  // A group of its own gets signals as from a terminal: npm, the shell and what they run.
  const child = spawn('sh', ['-ec', commands], { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const script = { serves, child, code: undefined, stdout: '', stderr: '', closed: once(child, 'close') };
  scripts.push(script);
  child.stderr.on('data', (chunk) => (script.stderr += chunk));
  const ready = new Promise((resolve) => {
    child.stdout.on('data', (chunk) => {
      script.stdout += chunk;
      if (serves && script.stdout.includes('Ready after')) resolve(0);
    });
  });
  const ended = script.closed.then(([code]) => code ?? 'killed');
  return Promise.race([ready, ended]).then((code) => (script.code = code));
}

async function stop({ child, closed }) {
  const kill = (signal) => {
    try {
      process.kill(-child.pid, signal);
    } catch {
      // The group has ended.
    }
  };
  kill('SIGTERM');
  const timer = setTimeout(() => kill('SIGKILL'), stopMs);
  await closed;
  clearTimeout(timer);
}

process.once('SIGTERM', () => {
  void Promise.all(scripts.map(stop)).then(() => process.exit(1));
});

for (const block of JSON.parse(process.argv[2])) if ((await start(block)) !== 0) break;
await Promise.all(scripts.map(stop));
process.stdout.write(JSON.stringify(scripts.map(({ code, stdout, stderr }) => ({ code, stdout, stderr }))));
