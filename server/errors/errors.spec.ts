import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { status as grpcStatus } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { ErrorInfo } from '../../gen/google/rpc/error_details.js';
import { repositoryRoot } from '../paths.js';
import { errorTables, VisionError } from './errors.js';
import { httpStatus } from './http-status.js';
import { toRequestStatus, toStatus } from './status.js';

describe('VisionError', () => {
  it('puts its metadata into its text', () => {
    const error = VisionError.of('LANGUAGE_COUNT', { count: 0 });
    expect([error.code, error.message]).toEqual([
      3,
      'Incorrect feature configuration: Incorrect number of language codes: 0',
    ]);
  });

  it('has a code of google.rpc for every reason', () => {
    for (const [code, text] of Object.values(errorTables).flatMap((table) => Object.values(table))) {
      expect(code).toBeGreaterThan(0);
      expect(code).toBeLessThanOrEqual(16);
      expect(text).not.toBe('');
    }
  });
});

describe('docs/errors.md', () => {
  const page = readFileSync(join(repositoryRoot, 'docs/errors.md'), 'utf8');
  const sections = page.split(/^## /m);
  const headings = {
    request: 'Request errors\n',
    storage: 'Image index errors: of a request, or of the feature `IMAGE_COPY_SEARCH`\n',
    file: 'File errors: `results[i].error`\n',
    feature: 'Feature errors: `results[i].results[j].error`\n',
  };

  it.each(['request', 'storage', 'file', 'feature'] as const)('has exactly the %s errors in their section', (level) => {
    const section = sections.find((text) => text.startsWith(headings[level])) ?? '';
    const rows = [...section.matchAll(/^\| `(\w+)` \| ([^|]+) \| (.*) \| (.*) \|$/gm)];
    const documented = Object.fromEntries(rows.map(([, reason, code, message]) => [reason, [code, message]]));
    // An error within the answer to a call that succeeds has no HTTP status.
    const hasHttpStatus = level === 'request' || level === 'storage';
    const said = (code: number): string =>
      `${code} ${grpcStatus[code]}${hasHttpStatus ? `, HTTP ${httpStatus(code)}` : ''}`;
    expect(documented).toEqual(
      Object.fromEntries(
        Object.entries(errorTables[level]).map(([reason, [code, text]]) => [reason, [said(code), text]]),
      ),
    );
    for (const [, , , , advice = ''] of rows) expect(advice.length).toBeGreaterThan(10);
  });

  it('has every reason at one level', () => {
    const reasons = Object.values(errorTables).flatMap((table) => Object.keys(table));
    const documented = new Set(Array.from(page.matchAll(/^\| `(\w+)` \|/gm), ([, reason]) => reason));
    expect(documented).toEqual(new Set(reasons));
    expect(documented.size).toBe(reasons.length);
  });

  it('has rows of errors only in these sections', () => {
    const others = sections.filter((text) => !Object.values(headings).some((heading) => text.startsWith(heading)));
    expect(others.join('')).not.toMatch(/^\| `/m);
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
