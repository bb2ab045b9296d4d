// The process of the engine that bench/gateway.ts measures the way to.
import { Socket } from 'node:net';
import { channelDescriptor } from '../server/isolation/engine-child.js';
import { EngineChannel } from '../server/isolation/serve-engine.js';
import { idleEngine } from './idle-engine.js';

const socket = new Socket({ fd: channelDescriptor });
socket.once('close', () => process.exit(0));
new EngineChannel(socket).serve(idleEngine, () => process.exit(1));
