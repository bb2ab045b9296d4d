import { describe, expect, it } from 'vitest';
import { environmentName, readConfig, settings } from './config.js';
import { ConfigError } from './settings/config-error.js';

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
    ['8090', { host: '127.0.0.1', port: 8090 }],
    [':8090', { host: '127.0.0.1', port: 8090 }],
    ['[::1]:8090', { host: '::1', port: 8090 }],
  ])('reads the address %s', (listen, address) => {
    expect(readConfig({ listen }, {}).listen).toEqual(address);
  });

  it.each([
    ['listen', 'localhost'],
    ['listen', ':'],
    ['listen', '65536'],
    ['upstream', ':8080'],
    ['advertise', '8080'],
    ['upstream', 'http://127.0.0.1:8080'],
    ['data-dir', ''],
    ['models-dir', ''],
    ['listen', 'host:65536'],
    ['workers', '0'],
    ['workers', '1.5'],
    ['workers', ''],
    ['max-content-bytes', '10485761'],
    ['max-pixels', '-1'],
    ['shutdown-seconds', 'soon'],
    ['jwks', 'https://'],
    ['insecure', '1'],
    ['insecure', 'yes'],
    ['insecure', ''],
    ['insecure', 'TRUE'],
    ['metrics-by-folder', '1'],
  ])('refuses --%s %j and names it', (name, value) => {
    expect(() => readConfig({ [name]: value }, {})).toThrow(ConfigError);
    expect(() => readConfig({ [name]: value }, {})).toThrow(`Invalid --${name} "${value}": must `);
    expect(() => readConfig({}, { [environmentName(name)]: value })).toThrow(environmentName(name));
  });

  it('reads a flag from the environment as true or false', () => {
    const read = (text: string) => readConfig({}, { VISIOND_INSECURE: text }).insecure;
    expect([read('true'), read('false'), readConfig({}, {}).insecure]).toEqual([true, false, false]);
  });

  it.each([
    ['VISIOND_WORKER', 'Unknown setting VISIOND_WORKER. Did you mean VISIOND_WORKERS?'],
    ['VISIOND_MAXQUEUE', 'Unknown setting VISIOND_MAXQUEUE. Did you mean VISIOND_MAX_QUEUE?'],
    ['VISIOND_APIKEY', 'Did you mean VISIOND_API_KEY?'],
    ['VISIOND_PORT', 'Unknown setting VISIOND_PORT.'],
    ['VISIOND_', 'Unknown setting VISIOND_.'],
  ])('refuses %s, which is not a setting', (name, sentence) => {
    expect(() => readConfig({}, { [name]: '1' })).toThrow(ConfigError);
    expect(() => readConfig({}, { [name]: '1' })).toThrow(sentence);
  });

  it.each([
    ['VISIOND_API_KEY', 'vd_1'],
    ['VISIOND_CONFORMANCE_LIBC', '/tmp'],
    ['visiond_workers', '3'],
    ['VISIOND_SERVICE_HOST', '10.0.0.1'],
    ['VISIOND_SERVICE_PORT', '8080'],
    ['VISIOND_SERVICE_PORT_GRPC', '8080'],
    ['VISIOND_PORT', 'tcp://10.0.0.1:8080'],
    ['VISIOND_PORT_8080_TCP_ADDR', '10.0.0.1'],
    ['VISIOND_GPU_SERVICE_HOST', '10.0.0.1'],
  ])('leaves %s alone', (name, value) => {
    expect(() => readConfig({}, { [name]: value })).not.toThrow();
  });

  it('has defaults that work', () => {
    expect(Object.keys(readConfig({}, {})).toSorted()).toEqual(Object.keys(settings).toSorted());
  });
});
