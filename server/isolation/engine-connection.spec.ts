import { duplexPair } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Engine, EngineCall, EngineReply, LocalEngine } from '../analyze/engine.js';
import { VisionError } from '../errors/errors.js';
import { EngineConnection, type EngineNews } from './engine-connection.js';
import { writeFrame } from './frames.js';
import { EngineChannel } from './serve-engine.js';

const never = new AbortController().signal;
const callWith = (signal = never): EngineCall => ({ folderId: 'b1g', requestId: 'the-call', signal });

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval'] }));
afterEach(() => void vi.useRealTimers());

/** Both ends of a channel, with an engine that handles calls like this. */
function connect(call: Engine['call'], ready = (): Promise<void> => Promise.resolve()) {
  const news: EngineNews[] = [];
  const broken: string[] = [];
  const [near, far] = duplexPair();
  const channel = new EngineChannel(far);
  const engine: LocalEngine = {
    call,
    analyze: ({ mimeType }, given) => call('analyze', Buffer.from(mimeType), given),
    ready,
    status: () => ({
      residentBytes: 5e9,
      busyThreads: 1,
      idleThreads: 2,
      stoppedThreads: 0,
      readyModels: 9,
      unusableModels: 1,
      indexImages: 1e7,
      indexMemoryBytes: 6e9,
    }),
    close: () => Promise.resolve(),
  };
  far.on('data', channel.serve(engine));
  const connection = new EngineConnection(
    near,
    (event) => news.push(event),
    ({ message }) => broken.push(message),
  );
  return { connection, channel, far, news, broken };
}

/** Replies with what it was called with. */
const echo: Engine['call'] = async (method, request, { folderId, requestId }) => ({
  response: Buffer.concat([Buffer.from(`${method} ${folderId} ${requestId} `), request]),
  stages: [{ name: 'decode', startMs: 1.5, endMs: 2.25 }],
});

function textOf({ response }: EngineReply): string {
  return Buffer.from(response).toString();
}

describe('a call', () => {
  it('reaches the engine with its context, and its reply the caller with its stages', async () => {
    const { connection } = connect(echo);
    expect(connection.hasReplied).toBe(false);
    const reply = await connection.call({ method: '/a/B', message: Buffer.from('request') }, callWith());
    expect([textOf(reply), reply.stages]).toEqual([
      '/a/B b1g the-call request',
      [{ name: 'decode', startMs: 1.5, endMs: 2.25 }],
    ]);
    expect(connection.hasReplied).toBe(true);
  });

  it('gets its own reply, whichever is done first', async () => {
    const ends: Array<() => void> = [];
    const { connection } = connect(async (method, request, call) => {
      await new Promise<void>((resolve) => ends.push(resolve));
      return echo(method, request, call);
    });
    const calls = ['a', 'b', 'c'].map((name) =>
      connection.call({ method: name, message: Buffer.alloc(0) }, callWith()),
    );
    await expect.poll(() => ends.length).toBe(3);
    for (const end of ends.toReversed()) end();
    expect((await Promise.all(calls)).map(textOf)).toEqual(['a', 'b', 'c'].map((name) => `${name} b1g the-call `));
  });

  it('fails with the error of the engine: reason, text, metadata and fields', async () => {
    const error = VisionError.invalidRequest([{ field: 'page_token', description: 'was not issued by this server' }]);
    const { connection } = connect(() => Promise.reject(error));
    const failure: unknown = await connection
      .call({ method: 'a', message: Buffer.alloc(0) }, callWith())
      .catch((thrown: unknown) => thrown);
    expect(failure).toBeInstanceOf(VisionError);
    expect(failure).toMatchObject({
      reason: 'INVALID_REQUEST',
      code: error.code,
      message: error.message,
      metadata: error.metadata,
      violations: error.violations,
    });
  });

  it('fails with the text of any other error, for the log', async () => {
    const { connection } = connect(() => Promise.reject(new Error('out of luck')));
    const failure: unknown = await connection
      .call({ method: 'a', message: Buffer.alloc(0) }, callWith())
      .catch((thrown: unknown) => thrown);
    expect(failure).not.toBeInstanceOf(VisionError);
    expect(String(failure)).toContain('out of luck');
    expect(failure instanceof Error ? failure.stack : '').toContain('engine-connection.spec');
  });

  it('ends for both sides when its signal fires', async () => {
    const reasons: unknown[] = [];
    const { connection } = connect(
      (_method, _request, { signal }) =>
        new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => {
            reasons.push(signal.reason);
            reject(signal.reason);
          }),
        ),
    );
    const controller = new AbortController();
    const call = connection.call({ method: 'a', message: Buffer.alloc(0) }, callWith(controller.signal));
    const gone = new Error('gone');
    controller.abort(gone);
    await expect(call).rejects.toBe(gone);
    await expect.poll(() => reasons).toEqual([expect.objectContaining({ reason: 'CANCELLED' })]);
  });

  it('holds its room after that, until the engine has stopped', async () => {
    const stops: Array<() => void> = [];
    const { connection } = connect(
      () => new Promise((_resolve, reject) => stops.push(() => reject(VisionError.of('CANCELLED')))),
    );
    const controller = new AbortController();
    const held: Array<Promise<void>> = [];
    const call = connection.call(
      { method: 'a', message: Buffer.alloc(0) },
      { ...callWith(controller.signal), hold: (ended) => held.push(ended) },
    );
    await expect.poll(() => stops.length).toBe(1);
    controller.abort(new Error('gone'));
    await expect(call).rejects.toThrow('gone');
    expect([held.length, connection.isBusy]).toEqual([1, true]);
    stops[0]?.();
    await held[0];
    expect(connection.isBusy).toBe(false);
  });

  it('is to blame for the end of the process after that, too', async () => {
    const { connection } = connect(() => new Promise(() => {}));
    const controller = new AbortController();
    const request = { method: 'a', message: Buffer.from('killer') };
    const held: Array<Promise<void>> = [];
    const call = connection.call(request, { ...callWith(controller.signal), hold: (ended) => held.push(ended) });
    controller.abort(new Error('gone'));
    await expect(call).rejects.toThrow('gone');
    expect(connection.fail(VisionError.of('ENGINE_LOST', { seconds: 1 }))).toEqual([request]);
    await held[0];
  });

  it('is not sent where its signal has fired before', async () => {
    const call = vi.fn<Engine['call']>(echo);
    const { connection } = connect(call);
    await expect(
      connection.call({ method: 'a', message: Buffer.alloc(0) }, callWith(AbortSignal.abort(new Error('gone')))),
    ).rejects.toThrow('gone');
    await connection.call({ method: 'b', message: Buffer.alloc(0) }, callWith());
    expect(call).toHaveBeenCalledTimes(1);
  });

  it('fails with all others when the process is lost', async () => {
    const { connection } = connect(() => new Promise(() => {}));
    const requests = ['1', '2'].map((text) => ({ method: 'a', message: Buffer.from(text) }));
    const calls = requests.map((request) => connection.call(request, callWith()));
    expect(connection.fail(VisionError.of('ENGINE_LOST', { seconds: 1 }))).toEqual(requests);
    for (const call of calls) await expect(call).rejects.toMatchObject({ reason: 'ENGINE_LOST' });
    expect(connection.fail(VisionError.of('ENGINE_LOST', { seconds: 1 }))).toEqual([]);
  });
});

describe('news', () => {
  const kindsOf = (news: readonly EngineNews[]): string[] => news.map(({ $case }) => $case);

  it('say that the process has started, and its state', async () => {
    const { news } = connect(echo);
    await expect.poll(() => kindsOf(news)).toEqual(['status', 'started']);
    expect(news[0]?.value).toMatchObject({ residentBytes: 5_000_000_000n, busyThreads: 1, indexImages: 10_000_000n });
  });

  it('say why it cannot start', async () => {
    const { news } = connect(echo, () => Promise.reject(new Error('no models')));
    await expect.poll(() => kindsOf(news)).toEqual(['status', 'startFailed']);
    expect(news[1]?.value).toMatchObject({ sentence: '', text: expect.stringContaining('no models') });
  });

  it('are lines of the log and troubles of parts', async () => {
    const { channel, news } = connect(echo);
    channel.log.error('feature failed', { requestId: 'a', error: new Error('no luck') });
    channel.troubles.report('yunet', { severity: 'degraded', sentence: 'It is damaged.', cause: new Error('crc') });
    channel.troubles.report('yunet', undefined);
    await expect.poll(() => news.length).toBe(5);
    const [log, trouble, resolved] = news.filter(({ $case }) => $case === 'log' || $case === 'trouble');
    expect(log?.value).toMatchObject({
      level: 'error',
      text: 'feature failed',
      fields: expect.stringContaining('no luck'),
    });
    expect(trouble?.value).toMatchObject({
      part: 'yunet',
      down: false,
      sentence: 'It is damaged.',
      cause: expect.stringContaining('crc'),
    });
    expect(resolved?.value).toMatchObject({ part: 'yunet', sentence: '' });
  });
});

describe('a peer that does not keep to the format', () => {
  it.each([
    ['an unknown message', Buffer.alloc(0)],
    ['garbage', Buffer.from([0xff, 0xff])],
    ['an unknown reason', Buffer.from([0x1a, 0x05, 0x08, 0x01, 0x12, 0x01, 0x58])],
  ])('is told of, for %s', async (_, head) => {
    const { connection, far, broken } = connect(() => new Promise(() => {}));
    connection.call({ method: 'a', message: Buffer.alloc(0) }, callWith()).catch(() => {});
    writeFrame(far, head);
    await expect.poll(() => broken.length).toBe(1);
  });
});
