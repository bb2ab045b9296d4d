import { Writable } from 'node:stream';
import { beforeEach, describe, expect, it } from 'vitest';
import { createLog } from './log.js';

let written: string[];
let stream: Writable;

beforeEach(() => {
  written = [];
  stream = new Writable({
    decodeStrings: false,
    write(line: string, _encoding, done) {
      written.push(line);
      done();
    },
  });
});

const parsed = (): unknown[] => written.map((line): unknown => JSON.parse(line));
const isoTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

describe('createLog', () => {
  it('writes one JSON object a line, with the time and without what is undefined', () => {
    createLog(stream).info('call', { code: 0, principal: undefined, list: [1, { a: 'x' }], big: 5n });
    expect(written[0]).toMatch(/^\{.*\}\n$/);
    expect(parsed()).toEqual([
      { level: 'info', time: isoTime, message: 'call', code: 0, list: [1, { a: 'x' }], big: '5' },
    ]);
  });

  it.each([
    ['debug', ['debug', 'info', 'warn', 'error']],
    ['info', ['info', 'warn', 'error']],
    ['warn', ['warn', 'error']],
    ['error', ['error']],
  ] as const)('writes from level %s on', (level, expected) => {
    const log = createLog(stream, { level });
    for (const each of ['debug', 'info', 'warn', 'error'] as const) log[each](each);
    expect(written.map((line) => JSON.parse(line).level)).toEqual(expected);
  });

  it('writes the stack of an error, wherever it is', () => {
    createLog(stream).error('failed', { error: new Error('first'), nested: { cause: new TypeError('second') } });
    expect(parsed()).toEqual([
      expect.objectContaining({
        error: expect.stringMatching(/^Error: first\n {4}at /),
        nested: { cause: expect.stringMatching(/^TypeError: second\n {4}at /) },
      }),
    ]);
  });

  it('goes on with what has cycles or is deep', () => {
    const cycle: Record<string, unknown> = { name: 'x' };
    cycle['self'] = cycle;
    createLog(stream).info('odd', { cycle, bytes: Buffer.alloc(1 << 20) });
    expect(written[0]?.length).toBeLessThan(500);
  });

  it('counts the lines that were lost', async () => {
    let fails = true;
    const full = new Writable({
      decodeStrings: false,
      autoDestroy: false,
      write(line: string, _encoding, done) {
        if (fails) return done(new Error('full'));
        written.push(line);
        done();
      },
    });
    full.on('error', () => Reflect.get(full, '_undestroy').call(full));
    const log = createLog(full);
    log.info('lost');
    await new Promise((resolve) => setImmediate(resolve));
    fails = false;
    log.info('kept');
    await new Promise((resolve) => setImmediate(resolve));
    expect(parsed()).toEqual([
      expect.objectContaining({ message: 'kept' }),
      { level: 'error', time: isoTime, message: 'log lines dropped', lines: 1 },
    ]);
  });
});

describe('redaction', () => {
  const key = 'vd_0a1b2c3d_c2VjcmV0LXNlY3JldA';
  const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl';

  it('hides fields with credentials, nested ones as well', () => {
    createLog(stream).info('x', {
      authorization: 'a1',
      headers: { 'X-API-Key': 'a2', Cookie: 'a3', list: [{ iamToken: { value: 'a4' } }] },
      options: { password: 'a5', clientSecret: ['a6'], 'tls-key': 'path', privateKey: 'a7', token: null },
    });
    expect(written[0]).not.toMatch(/a\d/);
    expect(parsed()).toEqual([
      expect.objectContaining({
        authorization: '[redacted]',
        headers: { 'X-API-Key': '[redacted]', Cookie: '[redacted]', list: [{ iamToken: '[redacted]' }] },
        options: expect.objectContaining({ password: '[redacted]', 'tls-key': 'path', token: null }),
      }),
    ]);
  });

  it('hides credentials in texts and stacks', () => {
    createLog(stream).error(`sent Bearer ${jwt}`, {
      error: new Error(`Authorization: Api-Key ${key}`),
      cause: `before ${key} between ${jwt} after`,
      list: [`basic dXNlcjpwYXNz`],
    });
    expect(written[0]).not.toMatch(/c2Vjcm|eyJ|dXNlc/);
    expect(parsed()).toEqual([
      expect.objectContaining({
        message: 'sent Bearer [redacted]',
        cause: 'before [redacted] between [redacted] after',
      }),
    ]);
  });
});

describe('the pretty format', () => {
  const escape = String.fromCodePoint(27);

  it('has one line, and stacks below it', () => {
    const log = createLog(stream, { format: 'pretty' });
    log.warn('slow call', { code: 0, method: '/a.B/C', text: 'two words', list: [1] });
    log.error('failed', { error: new Error('why') });
    expect(written[0]).toMatch(/^\S+Z WARN {2}slow call code=0 method=\/a\.B\/C text="two words" list=\[1\]\n$/);
    expect(written[1]).toMatch(/^\S+Z ERROR failed\n {4}error: Error: why\n {8}at /);
  });

  it('lets no client talk to the terminal', () => {
    createLog(stream, { format: 'pretty' }).info(`a${escape}[2J`, { path: `${escape}[2J`, error: `x\n${escape}[2J` });
    expect(written[0]).not.toContain(escape);
  });

  it('colors the level on a terminal alone', () => {
    createLog(Object.assign(stream, { isTTY: true }), { format: 'pretty' }).error('x');
    expect(written[0]).toContain(`${escape}[31mERROR${escape}[39m x`);
  });
});
