import { Socket, type OnReadOpts, type SocketConstructorOpts } from 'node:net';
import type { LocalEngine } from '../analyze/engine.js';
import { channelDescriptor } from './engine-child.js';
import { EngineChannel } from './serve-engine.js';

/** As much as a socket holds. Reads into a buffer that is used again cost half of those into new ones. */
const readBytes = 256 << 10;

/** The channel of the process of an engine to its server. */
export interface EngineSocket {
  readonly channel: EngineChannel;
  /** Runs the calls of the server. The process ends with its channel. */
  serve(engine: LocalEngine): void;
}

/** Opens the socket that the server left for this process. */
export function openEngineSocket(): EngineSocket {
  let receive: (chunk: Buffer) => void = () => {};
  // The types of Node know this option for connections only.
  const options: SocketConstructorOpts & { readonly onread: OnReadOpts } = {
    fd: channelDescriptor,
    onread: {
      buffer: Buffer.alloc(readBytes),
      callback: (bytes, { buffer, byteOffset }) => {
        receive(Buffer.from(buffer, byteOffset, bytes));
        return true;
      },
    },
  };
  const socket = new Socket(options);
  socket.pause();
  const channel = new EngineChannel(socket);
  return {
    channel,
    serve(engine) {
      receive = channel.serve(engine);
      socket.once('close', () => void engine.close().then(() => process.exit(0)));
      socket.resume();
    },
  };
}
