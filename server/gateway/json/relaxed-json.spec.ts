import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRelaxedJson } from './relaxed-json.js';

describe('parseRelaxedJson', () => {
  it('gives what JSON.parse gives for all JSON', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 8 }), fc.constantFrom(0, 1, 4), (json, indent) => {
        const text = JSON.stringify(JSON.parse(json), undefined, indent);
        // Through JSON, since JSON.parse gives the key __proto__ no own property in a comparison.
        expect(JSON.stringify(parseRelaxedJson(text))).toBe(JSON.stringify(JSON.parse(text)));
      }),
    );
  });

  it.each([
    ['single quotes', `{'a': ['x', 'it\\'s "so"']}`, { a: ['x', 'it\'s "so"'] }],
    ['control characters in strings', '{"a": "x\ny\tz"}', { a: 'x\ny\tz' }],
    ['bare keys', '{a: 1, $b_2: {}}', { a: 1, $b_2: {} }],
    ['commas at the end', '{"a": [1, 2,], "b": {},}', { a: [1, 2], b: {} }],
    ['escapes', String.raw`"\u0041\/\\\n\ud83d\ude00"`, 'A/\\\n😀'],
  ])('takes %s', (_name, text, value) => {
    expect(parseRelaxedJson(text)).toEqual(value);
  });

  it.each([
    ['', 'unexpected end of input at line 1, column 1'],
    ['{"a":1}}', 'unexpected "}" at line 1, column 8'],
    ['{"a":\n1 "b":2}', 'unexpected "\\"", expected "," or "}" at line 2, column 3'],
    ['{"a" 1}', 'unexpected "1", expected ":"'],
    ['[1,,2]', 'unexpected ","'],
    ['[,]', 'unexpected ","'],
    ['{"a":1,"a":2}', 'duplicate key "a"'],
    ["'open", 'unterminated string at line 1, column 1'],
    ['"\\x"', 'invalid escape sequence'],
    ['"\\u12"', 'invalid \\u escape'],
    ['[01]', 'unexpected "1"'],
    ['nul', 'unexpected "n"'],
    ['NaN', 'unexpected "N"'],
    ['['.repeat(100_000), 'nesting deeper than 100'],
  ])('refuses %j', (text, problem) => {
    expect(() => parseRelaxedJson(text)).toThrow(problem);
  });

  it('makes __proto__ a key like any other', () => {
    const value = parseRelaxedJson('{"__proto__": {"polluted": 1}}');
    expect(Object.keys(Object(value))).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });

  it('takes a long string in one go, and many short ones in linear time', () => {
    const long = 'A'.repeat(8_000_000);
    const started = performance.now();
    expect(parseRelaxedJson(`['${long}']`)).toEqual([long]);
    expect(parseRelaxedJson(`[${"'\\n',".repeat(200_000)}]`)).toHaveLength(200_000);
    expect(parseRelaxedJson(`['${'\\n'.repeat(500_000)}']`)).toEqual(['\n'.repeat(500_000)]);
    expect(parseRelaxedJson(`['${"\\'".repeat(500_000)}']`)).toEqual(["'".repeat(500_000)]);
    expect(parseRelaxedJson(`[${"'a',".repeat(200_000)}]`)).toHaveLength(200_000);
    expect(performance.now() - started).toBeLessThan(5000);
  });
});
