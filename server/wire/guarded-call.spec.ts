import { once } from 'node:events';
import { connect, createServer, type ServerHttp2Stream } from 'node:http2';
import { expect, it } from 'vitest';
import { createIntake } from '../pipeline/intake.js';
import { GuardedCall } from './guarded-call.js';

it('starts nothing for a message that is decompressed after its client left', async () => {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  const client = connect(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`);
  client.on('error', () => {});
  const opened = once(server, 'stream');
  client.request({ ':method': 'POST' }).on('error', () => {});
  const [stream]: ServerHttp2Stream[] = await opened;
  if (stream === undefined) throw new Error('no stream');
  const intake = createIntake();
  const limits = { messageBytes: 1000, isUnary: false, isAwaited: true };
  const call = new GuardedCall(stream, limits, intake, () => {});
  const closed = once(stream, 'close');
  client.destroy();
  await closed;
  call.onMessage();
  expect(intake.running.count).toBe(0);
  server.close();
});
