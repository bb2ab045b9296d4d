import { Worker } from 'node:worker_threads';

/** Watches how long a server takes to say that it is alive, from a thread that does nothing else. */
export class LoopWatch {
  readonly #worker: Worker;

  /** @param origin `http://host:port` */
  constructor(origin: string) {
    this.#worker = new Worker(program, { eval: true, workerData: origin });
  }

  /** Longest answer in milliseconds since the last call of this. */
  async longest(): Promise<number> {
    const answer = new Promise<number>((resolve) => this.#worker.once('message', (value) => resolve(Number(value))));
    this.#worker.postMessage('longest');
    return answer;
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}

const program = `
const { parentPort, workerData } = require('node:worker_threads');
const { Agent, get } = require('node:http');
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
let longest = 0;
let asked = 0;
parentPort.on('message', () => {
  // What has not been answered yet counts as well.
  parentPort.postMessage(Math.max(longest, asked === 0 ? 0 : performance.now() - asked));
  longest = 0;
});
const ask = () => {
  asked = performance.now();
  const done = () => {
    longest = Math.max(longest, performance.now() - asked);
    asked = 0;
    setTimeout(ask, 5);
  };
  get(workerData + '/healthz', { agent }, (response) => response.resume().once('end', done)).once('error', done);
};
ask();
`;
