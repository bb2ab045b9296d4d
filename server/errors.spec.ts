import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ErrorInfo } from '../gen/google/rpc/error_details.js';
import { reasons, VisionError } from './errors.js';
import { repositoryRoot } from './paths.js';
import { toRequestStatus, toStatus } from './status.js';

describe('VisionError', () => {
  it('puts its metadata into its text', () => {
    const error = VisionError.of('LANGUAGE_COUNT', { count: 0 });
    expect([error.code, error.message]).toEqual([3, 'Incorrect feature configuration: Incorrect number of language codes: 0']);
  });

  it('has a code of google.rpc for every reason', () => {
    for (const [code, text] of Object.values(reasons)) {
      expect(code).toBeGreaterThan(0);
      expect(code).toBeLessThanOrEqual(16);
      expect(text).not.toBe('');
    }
  });
});

describe('docs/errors.md', () => {
  it('has every reason with its code and its text, and no other', () => {
    const text = readFileSync(join(repositoryRoot, 'docs/errors.md'), 'utf8');
    const rows = [...text.matchAll(/^\| `(\w+)` \| (\d+) [^|]*\| (.*) \| (.*) \|$/gm)];
    const documented = Object.fromEntries(rows.map(([, reason = '', code, message]) => [reason, [Number(code), message]]));
    expect(documented).toEqual(reasons);
    for (const [, , , , advice = ''] of rows) expect(advice.length).toBeGreaterThan(10);
  });
});

describe('toStatus', () => {
  it('tells programs the reason and its variable parts', () => {
    const { details } = toStatus(VisionError.of('TOO_MANY_PIXELS', { width: 2, height: 3, pixels: 6, limit: 5 }), 'id');
    expect(ErrorInfo.decode(details[0]?.value ?? Buffer.alloc(0))).toEqual({
      reason: 'TOO_MANY_PIXELS',
      domain: 'visiond',
      metadata: { width: '2', height: '3', pixels: '6', limit: '5' },
    });
  });

  it('keeps the text of unexpected errors to itself', () => {
    const status = toStatus(new Error('secret path'), 'some-id');
    expect([status.code, status.message]).toEqual([13, expect.stringContaining('some-id')]);
    expect(JSON.stringify(status)).not.toContain('secret');
  });

  it('stays far below the size at which grpc-js loses the connection', () => {
    const violations = Array.from({ length: 5000 }, () => ({ field: 'f'.repeat(5000), description: 'd'.repeat(5000) }));
    const { details, message } = toRequestStatus(VisionError.invalidRequest(violations), 'id');
    const bytes = details.reduce((sum, { value }) => sum + value.length, message.length);
    expect(bytes).toBeLessThan(48_000);
  });
});
