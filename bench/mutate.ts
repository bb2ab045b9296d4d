/** Pieces that parsers take apart in different ways. */
const dictionary = [
  '{',
  '}',
  '[',
  ']',
  '"',
  ':',
  ',',
  'null',
  'true',
  '-0',
  '1e999',
  '"\\u0000"',
  '"\\ud800"',
  '{"__proto__":{}}',
  '18446744073709551616',
  '-9223372036854775809',
  '"@type"',
  "'",
  '//',
  '\\',
  '\r\n\r\n',
  '\u{feff}',
].map((text) => Buffer.from(text));
/** Of binary formats: markers of JPEG, varints and tags of protobuf. */
const bytes = [
  [0x00],
  [0xff],
  [0x7f],
  [0x80],
  [0xff, 0xff, 0xff, 0xff, 0x0f],
  [0x0a, 0x00],
  [0xff, 0xd8],
  [0xff, 0xda],
].map((list) => Buffer.from(list));

/**
 * A file or a message with some changes: flipped bits, cut, doubled, overwritten and inserted pieces.
 * @param next integers below a bound
 */
export function mutate(source: Buffer, next: (below: number) => number): Buffer {
  let result = source;
  for (let changes = 1 + next(4); changes > 0; changes--) result = change(result, next);
  return result;
}

function change(source: Buffer, next: (below: number) => number): Buffer {
  const at = next(source.length + 1);
  // Headers are at the beginning, and small pieces do more than large ones.
  const from = next(2) === 0 ? Math.min(at, next(64)) : at;
  const length = 1 + next(next(2) === 0 ? 8 : Math.max(1, source.length - from));
  const [before, piece, after] = [
    source.subarray(0, from),
    source.subarray(from, from + length),
    source.subarray(from + length),
  ];
  switch (next(6)) {
    case 0: {
      const flipped = Buffer.from(source);
      if (from < flipped.length) flipped[from] = (flipped[from] ?? 0) ^ (1 << next(8));
      return flipped;
    }
    case 1:
      return Buffer.concat([before, after]);
    case 2:
      return Buffer.concat([before, piece, piece, after]);
    case 3:
      return Buffer.concat([before, dictionary[next(dictionary.length)] ?? Buffer.alloc(0), piece, after]);
    case 4:
      return Buffer.concat([before, bytes[next(bytes.length)] ?? Buffer.alloc(0), after]);
    default:
      return Buffer.from(source.subarray(0, from));
  }
}
