// The process of the engine that bench/gateway.ts measures the way to.
import { openEngineSocket } from '../server/isolation/engine-socket.js';
import { idleEngine } from './idle-engine.js';

openEngineSocket().serve(idleEngine);
