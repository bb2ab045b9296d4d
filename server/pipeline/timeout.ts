import { VisionError } from '../errors/errors.js';

const unitMs: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 1e-3, n: 1e-6 };

/**
 * Parses a gRPC timeout: up to eight digits and a unit of H, M, S, m, u or n
 * (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md).
 * @returns the deadline, or undefined without the header
 * @throws VisionError MALFORMED_HEADER
 */
export function parseTimeout(header: string | undefined, now = Date.now()): Date | undefined {
  if (header === undefined) return undefined;
  const [, digits, unit = ''] = /^(\d{1,8})([HMSmun])$/.exec(header) ?? [];
  const milliseconds = Number(digits) * (unitMs[unit] ?? Number.NaN);
  if (Number.isNaN(milliseconds)) {
    throw VisionError.of('MALFORMED_HEADER', {
      header: 'grpc-timeout',
      problem: 'must be up to 8 digits and one of H, M, S, m, u, n, for example 10S',
    });
  }
  return new Date(now + milliseconds);
}
