/** A string of a body: byte offsets of the start and end of its content. */
export interface StringSpan {
  readonly start: number;
  readonly end: number;
  readonly isEscaped: boolean;
}

/**
 * Maximum number of values, keys, brackets, colons and commas. Eight images with eight features and eight languages
 * each have 2,300.
 */
const maxTokens = 5000;
/** Maximum nesting: no API message nests this deeply, and the stack is finite. */
const maxDepth = 100;
/** Maximum bytes outside of strings: numbers, literals, white space. */
const maxBareBytes = 1 << 20;
/**
 * Escapes that are always allowed, and bytes of the body per further escape. PHP escapes every slash of base64, one
 * character in 64.
 */
const maxEscapes = 10_000;
const bytesPerEscape = 16;
/** Maximum bytes of long single-quoted strings with escapes, which no native parser reads. */
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

/** A body that exceeds a limit. */
export class JsonLimitError extends SyntaxError {
  override readonly name = 'JsonLimitError';
}

/**
 * Scans a body once before it is parsed: a few bytes of brackets become objects, so a body of them would become
 * millions. Strings are skipped with a native search, so that images cost next to nothing. Accepts the quotes of JSON
 * and of parseRelaxedJson; the parsers check the rest.
 * @returns strings of at least `minLength` bytes, except single-quoted ones with escapes
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
  /** End of the string whose first escape is at `first`, or -1. */
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
