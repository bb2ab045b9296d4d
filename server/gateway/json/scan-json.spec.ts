import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRelaxedJson } from './relaxed-json.js';
import { scanJson } from './scan-json.js';

const scan = (text: string, minLength = 4): string[] => {
  const body = Buffer.from(text);
  return scanJson(body, minLength).map(({ start, end }) => body.toString('utf8', start, end));
};

describe('scanJson', () => {
  it('finds long strings in either quotes, with escapes in double ones alone', () => {
    const text = `{"a":"abcd",'b':'e"gh','c':"x\\"y'z" , 'd':'x\\'y"z', "e":"klm'o", "f":"xyz"}`;
    expect(scan(text)).toEqual(['abcd', 'e"gh', `x\\"y'z`, "klm'o"]);
    expect(scanJson(Buffer.from(text), 4).map(({ isEscaped }) => isEscaped)).toEqual([false, false, true, false]);
  });

  it('takes the largest request of the contract', () => {
    const feature = {
      type: 'TEXT_DETECTION',
      textDetectionConfig: { languageCodes: Array(8).fill('rus'), model: 'page' },
    };
    const spec = { content: 'A'.repeat(5000), features: Array(8).fill(feature), mimeType: 'image/png' };
    expect(scan(JSON.stringify({ analyzeSpecs: Array(8).fill(spec), folderId: 'f' }, undefined, 8), 4096)).toHaveLength(
      8,
    );
  });

  it.each([
    ['['.repeat(101), 'nesting deeper than 100'],
    [`[${'[],'.repeat(4000)}]`, 'more than 5000'],
    [`{${'"a":1,'.repeat(4000)}}`, 'more than 5000'],
    [' '.repeat(1_048_577), 'more than 1048576 bytes outside strings'],
    [`"${'\\n'.repeat(20_000)}"`, 'too many escape sequences'],
    [`'\\n${'n'.repeat(1_100_000)}'`, 'bytes of single-quoted strings with escapes'],
  ])('refuses %.20s...', (text, problem) => {
    expect(() => scan(text)).toThrow(problem);
  });

  it('knows strings as the parsers do', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '"', "'", '\\', 'é', '[', ',', '😀') });
    const quoted = fc.tuple(text, fc.constantFrom('"', "'")).map(([value, quote]) => ({
      value,
      json: quote + value.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`) + quote,
    }));
    fc.assert(
      fc.property(fc.array(quoted), (strings) => {
        const json = `[${strings.map((each) => each.json).join(' , ')}]`;
        expect(parseRelaxedJson(json)).toEqual(strings.map(({ value }) => value));
        const found = strings.filter((each) => each.json.startsWith('"') || !each.json.includes('\\'));
        expect(scan(json, 0)).toEqual(found.map((each) => each.json.slice(1, -1)));
      }),
    );
  });
});
