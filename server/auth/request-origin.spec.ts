import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeDevCertificates } from '../cli/setup/dev-certificates.js';
import { ownOrigin, type CheckOrigin, type RequestOrigin } from './request-origin.js';

const folder = mkdtempSync(join(tmpdir(), 'visiond-origin-'));
let certificate: string;
beforeAll(async () => {
  certificate = (await makeDevCertificates(folder, ['vision.example', '10.1.2.3'], [])).cert;
});
afterAll(() => rmSync(folder, { recursive: true }));

function outcome(check: CheckOrigin, request: Partial<RequestOrigin>): string {
  try {
    check({ host: undefined, origin: undefined, ...request });
    return 'ok';
  } catch (error) {
    return error instanceof Error && 'reason' in error ? String(error.reason) : String(error);
  }
}

describe('a server that knows all its names', () => {
  it.each([
    ['localhost:8080', 'ok'],
    ['LOCALHOST.', 'ok'],
    ['api.localhost', 'ok'],
    ['127.0.0.1:8080', 'ok'],
    ['127.9.9.9', 'ok'],
    ['[::1]:8080', 'ok'],
    ['given.example:9000', 'ok'],
    ['vision.example', 'ok'],
    ['10.1.2.3:443', 'ok'],
    ['vision.api.cloud.yandex.net', 'ok'],
    ['evil.example', 'HOST_NOT_ALLOWED'],
    ['127.0.0.1.evil.example', 'HOST_NOT_ALLOWED'],
    ['localhost.evil.example:8080', 'HOST_NOT_ALLOWED'],
    ['10.1.2.4', 'HOST_NOT_ALLOWED'],
    ['[::2]:8080', 'HOST_NOT_ALLOWED'],
    ['localhost:8080@evil.example', 'HOST_NOT_ALLOWED'],
    ['evil.example:80:80', 'HOST_NOT_ALLOWED'],
    ['', 'HOST_NOT_ALLOWED'],
    [undefined, 'HOST_NOT_ALLOWED'],
  ])('called %s: %s', (host, expected) => {
    const check = ownOrigin({ isComplete: true, names: ['given.example'], certificate });
    expect(outcome(check, { host })).toBe(expected);
  });
});

describe('pages', () => {
  it.each([
    ['http://127.0.0.1:8080', '127.0.0.1:8080', 'ok'],
    ['http://LOCALHOST:8080', 'localhost:8080', 'ok'],
    ['http://localhost', 'localhost:80', 'ok'],
    ['https://localhost', 'localhost', 'ok'],
    ['http://[::1]:8080', '[::1]:8080', 'ok'],
    ['https://given.example', '127.0.0.1:8080', 'ok'],
    ['https://vision.example:8443', 'localhost:8080', 'ok'],
    ['http://localhost:3000', 'localhost:8080', 'ORIGIN_NOT_ALLOWED'],
    ['http://127.0.0.1:8080', 'localhost:8080', 'ORIGIN_NOT_ALLOWED'],
    ['https://evil.example', '127.0.0.1:8080', 'ORIGIN_NOT_ALLOWED'],
    ['http://evil.example:8080', '127.0.0.1:8080', 'ORIGIN_NOT_ALLOWED'],
    ['null', '127.0.0.1:8080', 'ORIGIN_NOT_ALLOWED'],
    ['', '127.0.0.1:8080', 'ORIGIN_NOT_ALLOWED'],
    ['file://', '127.0.0.1:8080', 'ORIGIN_NOT_ALLOWED'],
  ])('of %s that call %s: %s', (origin, host, expected) => {
    for (const isComplete of [true, false]) {
      const check = ownOrigin({ isComplete, names: ['given.example'], certificate });
      expect(outcome(check, { host, origin })).toBe(expected);
    }
  });
});

describe('the names of a certificate', () => {
  it('follow the file, and stay where it is wrong or missing', async () => {
    const file = join(folder, 'changing.pem');
    const check = ownOrigin({ isComplete: true, names: [], certificate: file });
    const ofCertificate = (): string => outcome(check, { host: 'vision.example' });
    expect(ofCertificate()).toBe('HOST_NOT_ALLOWED');
    copyFileSync(certificate, file);
    expect(ofCertificate()).toBe('ok');
    writeFileSync(file, 'no certificate');
    expect(ofCertificate()).toBe('ok');
    rmSync(file);
    expect(ofCertificate()).toBe('ok');
    const { cert } = await makeDevCertificates(join(folder, 'other'), ['other.example'], []);
    copyFileSync(cert, file);
    expect([ofCertificate(), outcome(check, { host: 'other.example' })]).toEqual(['HOST_NOT_ALLOWED', 'ok']);
  });
});

describe('a server that does not know all its names', () => {
  it('takes any, and pages of the name that it is called by', () => {
    const check = ownOrigin({ isComplete: false, names: [], certificate: undefined });
    expect(outcome(check, { host: 'anything.example' })).toBe('ok');
    expect(outcome(check, { host: 'anything.example', origin: 'https://anything.example' })).toBe('ok');
    expect(outcome(check, { host: 'anything.example', origin: 'https://other.example' })).toBe('ORIGIN_NOT_ALLOWED');
  });
});
