import { describe, expect, it } from 'vitest';
import { idOf, pageStart, pageToken, validateAddresses } from './check-request.js';

/** An error of the request that names these fields. */
const wrong = (...fields: readonly string[]) =>
  expect.objectContaining({
    reason: 'INVALID_REQUEST',
    violations: fields.map((field) => ({ field, description: expect.stringMatching(/./) })),
  });

describe('idOf', () => {
  it('is the own one, else one of the address, else a new one', () => {
    const address = 'https://example.org/a.jpg';
    expect(idOf({ id: 'lamp', imageUrl: address })).toBe('lamp');
    // SHA-256, so that adding the address again adds nothing, on every server.
    expect(idOf({ id: '', imageUrl: address })).toBe('cAyspa6PhW_HCzkxJmTVyX8lEIVFyPd0GZ2h7fzErGA');
    expect(idOf({ id: '', imageUrl: `${address}?` })).not.toBe(idOf({ id: '', imageUrl: address }));
    expect(idOf({ id: '', imageUrl: '' })).not.toBe(idOf({ id: '', imageUrl: '' }));
  });
});

describe('validateAddresses', () => {
  it.each(['', 'http://example.org', 'https://example.org/ü?q=1#f', 'HTTPS://EXAMPLE.ORG', 'http://[::1]:8080/a'])(
    'takes %j',
    (address) => {
      expect(() => validateAddresses({ imageUrl: address, pageUrl: address })).not.toThrow();
    },
  );

  it.each([
    'example.org',
    '/a.jpg',
    'ftp://example.org',
    'javascript:alert(1)',
    'data:image/png;base64,AAAA',
    'https://',
    'https://exa mple.org',
    ' https://example.org',
    'https://example.org\n',
    'java\nscript:alert(1)',
    'https://example.org/\u0000',
    'https://example.org:99999',
  ])('refuses %j by its field', (address) => {
    expect(() => validateAddresses({ imageUrl: address, pageUrl: '' })).toThrow(wrong('image_url'));
    expect(() => validateAddresses({ imageUrl: '', pageUrl: address })).toThrow(wrong('page_url'));
    expect(() => validateAddresses({ imageUrl: address, pageUrl: address })).toThrow(wrong('image_url', 'page_url'));
  });
});

describe('a token of a page', () => {
  it.each([0, 1, 1000, 999_999_999_999_999])('leads back to %i', (start) => {
    expect(pageStart(pageToken(start))).toBe(start);
    expect(pageToken(start)).toMatch(/^[\w-]+$/);
  });

  it('is empty for the first page', () => {
    expect(pageStart('')).toBe(0);
  });

  it.each([
    'x',
    '5',
    Buffer.from('5').toString('base64url'),
    Buffer.from('p-5').toString('base64url'),
    pageToken(1e15),
  ])('is refused where it is %j', (token) => {
    expect(() => pageStart(token)).toThrow(wrong('page_token'));
  });
});
