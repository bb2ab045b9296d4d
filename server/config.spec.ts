import { describe, expect, it } from 'vitest';
import { ConfigError, environmentName, readConfig, settings } from './config.js';

describe('readConfig', () => {
  it('takes flags before environment variables before defaults', () => {
    const environment = { VISIOND_WORKERS: '3', VISIOND_MAX_QUEUE: '7' };
    const config = readConfig({ workers: '5' }, environment);
    expect([config.workers, config['max-queue'], config['max-pixels']]).toEqual([5, 7, 20_000_000]);
  });

  it.each([
    ['127.0.0.1:8080', { host: '127.0.0.1', port: 8080 }],
    ['[::1]:0', { host: '::1', port: 0 }],
    ['localhost:443', { host: 'localhost', port: 443 }],
  ])('reads the address %s', (listen, address) => {
    expect(readConfig({ listen }, {}).listen).toEqual(address);
  });

  it.each([
    ['listen', '8080'],
    ['listen', 'host:65536'],
    ['workers', '0'],
    ['workers', '1.5'],
    ['workers', ''],
    ['max-content-bytes', '10485761'],
    ['max-pixels', '-1'],
    ['shutdown-seconds', 'soon'],
  ])('refuses --%s %j and names it', (name, value) => {
    expect(() => readConfig({ [name]: value }, {})).toThrow(ConfigError);
    expect(() => readConfig({ [name]: value }, {})).toThrow(`--${name} is "${value}": `);
    expect(() => readConfig({}, { [environmentName(name)]: value })).toThrow(environmentName(name));
  });

  it('has defaults that work', () => {
    expect(Object.keys(readConfig({}, {})).toSorted()).toEqual(Object.keys(settings).toSorted());
  });
});
