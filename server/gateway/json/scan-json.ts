/** A string of a body: where its content starts and ends, in bytes. */
export interface StringSpan {
  readonly start: number;
  readonly end: number;
  readonly isEscaped: boolean;
}

/** Values, keys, brackets, colons and commas. Eight images with eight features and eight languages each have 2,300. */
const maxTokens = 5000;
/** Deeper values are refused: no message of an API nests like that, and the stack is finite. */
const maxDepth = 100;
/** Bytes outside of strings: numbers, words, white space. */
const maxBareBytes = 1 << 20;
/** Escapes, and bytes of the body for each one more. PHP escapes every slash of base64, one character in 64. */
const maxEscapes = 10_000;
const bytesPerEscape = 16;
/** Bytes of long strings with escapes between single quotes, which no native parser reads. */
const maxSlowBytes = 1 << 20;

const code = {
  quote: 0x22,
  apostrophe: 0x27,
  comma: 0x2c,
  colon: 0x3a,
  backslash: 0x5c,
  open: 0x5b,
  close: 0x5d,
  openObject: 0x7b,
  closeObject: 0x7d,
};

/** A body that would cost more than any request is worth. */
export class JsonLimitError extends SyntaxError {
  override readonly name = 'JsonLimitError';
}

/**
 * Walks over a body once before anything is built from it: a few bytes of brackets become objects, and a body of them
 * millions. Strings are stepped over by a native search, so that images cost next to nothing. Quotes are those of JSON
 * and of parseRelaxedJson; whether the rest is either of them is left to the parsers.
 * @returns strings of at least `minLength` bytes, but for those with escapes between single quotes
 * @throws JsonLimitError
 */
export function scanJson(body: Buffer, minLength: number): StringSpan[] {
  const long: StringSpan[] = [];
  let tokens = 0;
  let depth = 0;
  let bare = 0;
  let slow = 0;
  let escapes = maxEscapes + body.length / bytesPerEscape;
  let nextBackslash = body.indexOf(code.backslash);
  /** Where the string ends that has its first escape at `first`, or -1. */
  const endOfString = (first: number, quote: number): number => {
    for (let at = first; at < body.length; at++) {
      if (body[at] === quote) return at;
      if (body[at] !== code.backslash) continue;
      at++;
      if (--escapes < 0) throw new JsonLimitError('too many escape sequences');
    }
    return -1;
  };
  for (let at = 0; at < body.length; at++) {
    const byte = body[at]!;
    if (byte === code.quote || byte === code.apostrophe) {
      const start = at + 1;
      let end = body.indexOf(byte, start);
      if (nextBackslash !== -1 && nextBackslash < start) nextBackslash = body.indexOf(code.backslash, start);
      const isEscaped = nextBackslash !== -1 && nextBackslash < end;
      if (isEscaped) end = endOfString(nextBackslash, byte);
      if (end === -1) return long;
      at = end;
      tokens++;
      if (end - start < minLength) continue;
      if (!isEscaped || byte === code.quote) long.push({ start, end, isEscaped });
      else if ((slow += end - start) > maxSlowBytes) {
        throw new JsonLimitError(`more than ${maxSlowBytes} bytes of single-quoted strings with escapes`);
      }
    } else if (byte === code.open || byte === code.openObject) {
      tokens++;
      if (++depth > maxDepth) throw new JsonLimitError(`nesting deeper than ${maxDepth} levels`);
    } else if (byte === code.close || byte === code.closeObject) {
      tokens++;
      depth--;
    } else if (byte === code.comma || byte === code.colon) {
      tokens++;
    } else if (++bare > maxBareBytes) {
      throw new JsonLimitError(`more than ${maxBareBytes} bytes outside strings`);
    }
    if (tokens > maxTokens) throw new JsonLimitError(`more than ${maxTokens} tokens`);
  }
  return long;
}
