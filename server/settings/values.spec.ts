import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hostNameOf, isLoopback } from './host-name.js';
import { integer, oneOf, parseAddress, parseHostNames, parseIndex, parseListen, parsePath } from './values.js';

describe('values of settings', () => {
  it.each<[string, string, unknown, (text: string) => unknown]>([
    ['a path', 'data', resolve('data'), parsePath],
    ['a path', '/data', '/data', parsePath],
    ['an integer', '0', 0, integer(0, 100)],
    ['an integer', '100', 100, integer(0, 100)],
    ['an integer', '007', 7, integer(0, 100)],
    ['a choice', 'b', 'b', oneOf('a', 'b')],
    ['an index', 'sqlite:a:b.db', 'a:b.db', parseIndex],
    ['an address', '[::1]:80', { host: '::1', port: 80 }, parseAddress],
    ['an address', 'vision.example:65535', { host: 'vision.example', port: 65_535 }, parseAddress],
    ['an address to listen on', ':0', { host: '127.0.0.1', port: 0 }, parseListen],
    ['an address to listen on', '0.0.0.0:80', { host: '0.0.0.0', port: 80 }, parseListen],
    ['names of hosts', '', [], parseHostNames],
    ['names of hosts', ' A.example. ,[::1],, 10.0.0.1', ['a.example', '::1', '10.0.0.1'], parseHostNames],
  ])('%s is read: %j', (_, text, value, parse) => {
    expect(parse(text)).toEqual(value);
  });

  it.each<[string, string, string, (text: string) => unknown]>([
    ['a path', '', 'must not be empty', parsePath],
    ['an integer', '0', 'must be an integer from 1 to 100', integer(1, 100)],
    ['an integer', '101', 'must be an integer', integer(1, 100)],
    ['an integer', '1e1', 'must be an integer', integer(1, 100)],
    ['an integer', ' 5', 'must be an integer', integer(1, 100)],
    ['a choice', 'A', 'must be one of a, b', oneOf('a', 'b')],
    ['an index', 'sqlite:', 'must be sqlite:PATH', parseIndex],
    ['an index', 'index.db', 'must be sqlite:PATH', parseIndex],
    ['an address', 'vision.example', 'must be HOST:PORT', parseAddress],
    ['an address', 'a:65536', 'must be HOST:PORT', parseAddress],
    ['an address', 'http://a:80', 'must be HOST:PORT', parseAddress],
    ['an address to listen on', '65536', 'must be HOST:PORT', parseListen],
    ['names of hosts', 'a.example:80', 'without ports', parseHostNames],
    ['names of hosts', 'https://a.example', 'without ports', parseHostNames],
  ])('%s is refused: %j', (_, text, problem, parse) => {
    expect(() => parse(text)).toThrow(problem);
  });
});

describe('hostNameOf', () => {
  it.each([
    ['localhost', 'localhost'],
    ['LocalHost.:8080', 'localhost'],
    ['[::1]:80', '::1'],
    ['[::1]', '::1'],
    ['a:', 'a'],
    ['a:b', ''],
    ['a:80:80', ''],
    ['', ''],
  ])('of %j is %j', (host, name) => {
    expect(hostNameOf(host)).toBe(name);
  });
});

describe('isLoopback', () => {
  it.each([
    ['localhost', true],
    ['a.localhost', true],
    ['127.255.0.1', true],
    ['::1', true],
    ['alocalhost', false],
    ['localhost.example', false],
    ['127.0.0.1.example', false],
    ['128.0.0.1', false],
    ['127.1', false],
    ['', false],
  ])('%j: %s', (name, expected) => {
    expect(isLoopback(name)).toBe(expected);
  });
});
