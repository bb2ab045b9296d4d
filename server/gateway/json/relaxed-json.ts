import type { JsonValue } from '@bufbuild/protobuf';

/** Maximum nesting: no API message nests this deeply, and the stack is finite. */
const maxDepth = 100;

const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  "'": "'",
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

const patterns = {
  space: /[ \t\r\n]*/y,
  number: /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y,
  word: /[A-Za-z_$][\w$]*/y,
  hex: /[\da-fA-F]{4}/y,
};

/**
 * Parses JSON as the original API does. Beyond JSON, it accepts single-quoted strings, control characters in strings,
 * unquoted keys and trailing commas. Duplicate keys are rejected.
 * @throws SyntaxError with the position and the problem
 */
export function parseRelaxedJson(text: string): JsonValue {
  let at = 0;
  /** Cached until it is passed: otherwise the time would be quadratic. */
  let nextEscape = text.indexOf('\\');

  const fail = (problem: string): never => {
    const before = text.slice(0, at);
    const line = before.split('\n').length;
    throw new SyntaxError(`${problem} at line ${line}, column ${at - before.lastIndexOf('\n')}`);
  };
  const take = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    const match = pattern.exec(text)?.[0] ?? '';
    at += match.length;
    return match;
  };
  const found = (): string => (at < text.length ? `unexpected ${JSON.stringify(text[at])}` : 'unexpected end of input');

  const readEscape = (): string => {
    const letter = text[at++] ?? '';
    if (letter === 'u') {
      const hex = take(patterns.hex);
      return hex === '' ? fail('invalid \\u escape') : String.fromCharCode(Number.parseInt(hex, 16));
    }
    return escapes[letter] ?? fail('invalid escape sequence');
  };
  const readString = (quote: string): string => {
    const open = at++;
    // Whole runs at once: an image is one run of megabytes.
    let value = '';
    let end = text.indexOf(quote, at);
    for (;;) {
      if (end === -1) {
        at = open;
        return fail('unterminated string');
      }
      if (nextEscape !== -1 && nextEscape < at) nextEscape = text.indexOf('\\', at);
      if (nextEscape === -1 || nextEscape > end) {
        value += text.slice(at, end);
        at = end + 1;
        return value;
      }
      value += text.slice(at, nextEscape);
      at = nextEscape + 1;
      value += readEscape();
      if (end < at) end = text.indexOf(quote, at);
    }
  };
  const readKey = (): string => {
    const quote = text[at];
    if (quote === '"' || quote === "'") return readString(quote);
    return take(patterns.word) || fail(`${found()}, expected a key`);
  };
  /** Elements up to the closing bracket, with an optional trailing comma. */
  const readElements = (close: string, readElement: () => void): void => {
    at++;
    for (;;) {
      take(patterns.space);
      if (text[at] === close) break;
      readElement();
      take(patterns.space);
      if (text[at] === close) break;
      if (text[at] !== ',') fail(`${found()}, expected "," or "${close}"`);
      at++;
    }
    at++;
  };
  const readObject = (depth: number): JsonValue => {
    const entries = new Map<string, JsonValue>();
    readElements('}', () => {
      const key = readKey();
      if (entries.has(key)) fail(`duplicate key ${JSON.stringify(key)}`);
      take(patterns.space);
      if (text[at] !== ':') fail(`${found()}, expected ":"`);
      at++;
      entries.set(key, readValue(depth));
    });
    // Defines every key as an own property, even __proto__.
    return Object.fromEntries(entries);
  };
  const readArray = (depth: number): JsonValue => {
    const values: JsonValue[] = [];
    readElements(']', () => void values.push(readValue(depth)));
    return values;
  };
  const readWord = (): JsonValue => {
    const word = take(patterns.word);
    if (word === 'true' || word === 'false') return word === 'true';
    if (word === 'null') return null;
    at -= word.length;
    return fail(found());
  };
  const readValue = (depth: number): JsonValue => {
    if (depth > maxDepth) fail(`nesting deeper than ${maxDepth} levels`);
    take(patterns.space);
    const first = text[at];
    if (first === '{') return readObject(depth + 1);
    if (first === '[') return readArray(depth + 1);
    if (first === '"' || first === "'") return readString(first);
    const number = take(patterns.number);
    return number === '' ? readWord() : Number(number);
  };

  const value = readValue(0);
  take(patterns.space);
  if (at < text.length) fail(found());
  return value;
}
