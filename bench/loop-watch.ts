import { spawn, type ChildProcess } from 'node:child_process';

/** Watches how long a server takes to say that it is alive, from a process that does nothing else. */
export class LoopWatch {
  readonly #process: ChildProcess;

  /** @param origin `http://host:port` */
  constructor(origin: string) {
    this.#process = spawn(process.execPath, ['-e', program, origin], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
  }

  /** Longest answer in milliseconds since the last call of this. */
  async longest(): Promise<number> {
    const answer = new Promise<number>((resolve) => this.#process.once('message', (value) => resolve(Number(value))));
    this.#process.send('longest');
    return answer;
  }

  close(): void {
    this.#process.disconnect();
  }
}

const program = `
const { Agent, get } = require('node:http');
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
let longest = 0;
let asked = 0;
process.on('disconnect', () => process.exit());
process.on('message', () => {
  // What has not been answered yet counts as well.
  process.send(Math.max(longest, asked === 0 ? 0 : performance.now() - asked));
  longest = 0;
});
const ask = () => {
  asked = performance.now();
  const done = () => {
    longest = Math.max(longest, performance.now() - asked);
    asked = 0;
    setTimeout(ask, 5);
  };
  get(process.argv[1] + '/healthz', { agent }, (response) => response.resume().once('end', done)).once('error', done);
};
ask();
`;
