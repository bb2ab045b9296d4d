import { BlockList } from 'node:net';
import { describe, expect, it } from 'vitest';
import { parseNetworks } from '../settings/values.js';
import { resolveClient } from './client-address.js';

const trusted = parseNetworks('10.0.0.0/8, 127.0.0.1, 2001:db8::/32');

/** What is found for a connection from an address with X-Forwarded-For and X-Forwarded-Host. */
function resolve(address: string | undefined, forwarded?: string, host?: string, proxies = trusted) {
  const headers: Record<string, string | undefined> = { 'x-forwarded-for': forwarded, 'x-forwarded-host': host };
  return resolveClient({ address, host: 'direct.example', header: (name) => headers[name] }, proxies);
}

describe('the client of a request', () => {
  it.each([
    ['no proxy', '192.0.2.1', undefined, '192.0.2.1'],
    ['no proxy, but headers of one', '192.0.2.1', '198.51.100.7', '192.0.2.1'],
    ['a proxy', '10.1.2.3', '198.51.100.7', '198.51.100.7'],
    ['a proxy that sends nothing', '10.1.2.3', undefined, '10.1.2.3'],
    ['a proxy, and a client that lies', '10.1.2.3', '203.0.113.9, 198.51.100.7', '198.51.100.7'],
    ['two proxies', '10.1.2.3', '198.51.100.7, 10.9.9.9', '198.51.100.7'],
    ['proxies only', '10.1.2.3', '10.8.8.8, 10.9.9.9', '10.8.8.8'],
    ['a proxy that names no address', '10.1.2.3', '198.51.100.7, unknown', '10.1.2.3'],
    ['ports', '10.1.2.3', '198.51.100.7:4711', '198.51.100.7'],
    ['IPv6', '2001:db8::1', '[2001:db9::7]:4711', '2001:db9::7'],
    ['IPv6 without brackets', '2001:db8::1', '2001:db9::7', '2001:db9::7'],
    ['IPv4 in the form of IPv6', '::ffff:10.1.2.3', '::FFFF:198.51.100.7', '198.51.100.7'],
    ['a connection that is closed', undefined, '198.51.100.7', undefined],
    ['a connection without an address', 'unknown', '198.51.100.7', undefined],
  ])('is found behind %s', (_what, address, forwarded, peer) => {
    expect(resolve(address, forwarded).peer).toBe(peer);
  });

  it('is nobody but the other end where no proxy is trusted', () => {
    expect(resolve('127.0.0.1', '198.51.100.7', 'public.example', new BlockList())).toEqual({
      peer: '127.0.0.1',
      host: 'direct.example',
    });
  });
});

describe('the host of a request', () => {
  it.each([
    ['192.0.2.1', 'public.example', 'direct.example'],
    ['10.1.2.3', 'public.example', 'public.example'],
    ['10.1.2.3', 'evil.example, public.example:443', 'public.example:443'],
    ['10.1.2.3', undefined, 'direct.example'],
    ['10.1.2.3', '', 'direct.example'],
  ])('from %s with %j is %s', (address, forwarded, host) => {
    expect(resolve(address, undefined, forwarded).host).toBe(host);
  });
});
