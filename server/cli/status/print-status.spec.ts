import { describe, expect, it } from 'vitest';
import { printStatus } from './print-status.js';
import { summarize } from './summarize.js';

const sample = (name: string, value: number, labels: Readonly<Record<string, string>> = {}) => ({
  name,
  value,
  labels,
});
const ready = { ready: true, reason: '', warnings: [] };

describe('printStatus', () => {
  it('prints figures with their units, the largest counts first', () => {
    const summary = summarize(
      [
        sample('visiond_build_info', 1, { version: '1.2.3' }),
        sample('process_start_time_seconds', 1_000_000),
        sample('visiond_queue_images', 1234),
        sample('visiond_pixels_in_flight', 12_340_000),
        sample('visiond_queue_dropped_total', 3, { reason: 'CANCELLED' }),
        sample('visiond_workers', 2, { state: 'busy' }),
        sample('visiond_workers', 6, { state: 'idle' }),
        sample('visiond_workers', 0, { state: 'stopped' }),
        sample('process_resident_memory_bytes', 200 * 2 ** 20),
        sample('visiond_engine_resident_bytes', 2.5 * 2 ** 30),
        sample('visiond_engine_restarts_total', 2, { reason: 'crash' }),
        sample('grpc_server_handled_total', 4, { grpc_service: 'a', grpc_code: 'OK' }),
        sample('grpc_server_handled_total', 5, { grpc_service: 'b', grpc_code: 'OK' }),
        sample('grpc_server_handled_total', 99, { grpc_service: 'grpc.health.v1.Health', grpc_code: 'OK' }),
        sample('http_server_requests_total', 7, { route: '/metrics', status: '200' }),
      ],
      1_000_000 + 3 * 86_400 + 4 * 3600 + 59,
    );
    expect(printStatus('h:1', { ...ready, warnings: ['The disk is full.'] }, summary)).toBe(
      [
        'visiond 1.2.3 at h:1, up 3 d 4 h: ready',
        'Warning: The disk is full.',
        '',
        '  Queue          1,234 waiting, 12.3 megapixels in flight, 3 CANCELLED dropped',
        '  Workers        6 idle, 2 busy',
        '  Memory         200 MB server, 2,560 MB engine',
        '  Engine         2 crash restarts',
        '  gRPC calls     9 OK',
        '  HTTP requests  none',
        '  Refused        none',
        '',
      ].join('\n'),
    );
  });

  it.each([
    [0, '0 s'],
    [59, '59 s'],
    [60, '1 min'],
    [3661, '1 h 1 min'],
    [86_460, '1 d'],
  ])('prints %i seconds as %s', (seconds, text) => {
    const summary = summarize([sample('process_start_time_seconds', 100)], 100 + seconds);
    expect(printStatus('h', ready, summary)).toContain(`, up ${text}: ready\n`);
  });
});
