/** HTTP status of every google.rpc.Code, as google/rpc/code.proto maps them and the original API does. */
const httpStatuses: Readonly<Record<number, number>> = {
  0: 200,
  1: 499,
  2: 500,
  3: 400,
  4: 504,
  5: 404,
  6: 409,
  7: 403,
  8: 429,
  9: 400,
  10: 409,
  11: 400,
  12: 501,
  13: 500,
  14: 503,
  15: 500,
  16: 401,
};

export function httpStatus(code: number): number {
  return httpStatuses[code] ?? 500;
}
