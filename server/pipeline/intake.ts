import { BlockList } from 'node:net';
import { BodyRoom } from './body-room.js';
import { BodyWatch, type Pace } from './body-watch.js';
import { RunningCalls } from './running-calls.js';

/** What both transports share about the requests on their way in. */
export interface Intake {
  /** Memory of their bodies. */
  readonly room: BodyRoom;
  /** Drops bodies that arrive too slowly. */
  readonly watch: BodyWatch;
  /** Those that have arrived and are not yet answered. */
  readonly running: RunningCalls;
  /** Proxies whose headers about clients are believed. */
  readonly proxies: BlockList;
}

export interface IntakeOptions {
  /** Memory of all request bodies together, in bytes. An eighth of it is for what waits to be read. */
  readonly bodyBytes: number;
  /** How long a body waits for memory, in seconds. */
  readonly maxWaitSeconds: number;
  readonly pace?: Partial<Pace>;
  readonly proxies?: BlockList;
}

const defaults: IntakeOptions = { bodyBytes: 512 << 20, maxWaitSeconds: 10 };

export function createIntake(options: Partial<IntakeOptions> = {}): Intake {
  const { bodyBytes, maxWaitSeconds, pace, proxies = new BlockList() } = { ...defaults, ...options };
  const bufferedBytes = bodyBytes / 8;
  return {
    room: new BodyRoom({ bytes: bodyBytes - bufferedBytes, maxWaitSeconds }),
    watch: new BodyWatch({ bufferedBytes, ...pace }),
    running: new RunningCalls(),
    proxies,
  };
}
