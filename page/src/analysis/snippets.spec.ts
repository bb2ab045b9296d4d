import { describe, expect, it } from 'vitest';
import { snippet, snippetLanguages, type SnippetCall } from './snippets.js';

const call: SnippetCall = {
  base: 'http://127.0.0.1:8080/',
  fileName: 'receipt.png',
  features: [
    { type: 'TEXT_DETECTION', textDetectionConfig: { languageCodes: ['ru', 'en'], model: 'page' } },
    { type: 'FACE_DETECTION' },
  ],
  key: '',
  folder: '',
};

describe('snippet', () => {
  it('names the server where the page was loaded from', () => {
    expect(snippet('curl', call)).toContain('http://127.0.0.1:8080/vision/v1/batchAnalyze');
    expect(snippet('grpcurl', call)).toContain('grpcurl -plaintext -d @ \\\n  127.0.0.1:8080 yandex.');
    const secure = { ...call, base: 'https://vision.example.org/' };
    expect(snippet('grpcurl', secure)).toContain('grpcurl -d @ \\\n  vision.example.org:443 yandex.');
    const behindProxy = { ...call, base: 'https://example.org/ocr/' };
    expect(snippet('Python', behindProxy)).toContain('"https://example.org/ocr/vision/v1/batchAnalyze"');
  });

  it('has fields as the protocol names them', () => {
    expect(snippet('curl', call)).toContain('"languageCodes": ["ru", "en"]');
    expect(snippet('grpcurl', call)).toContain('"language_codes": ["ru", "en"]');
  });

  it.each(snippetLanguages)('in %s never contains the key, but reads it', (language) => {
    expect(snippet(language, call)).not.toContain('VISIOND_KEY');
    const withKey = snippet(language, { ...call, key: 'vd_secret' });
    expect(withKey).not.toContain('secret');
    expect(withKey).toMatch(/Api-Key .*VISIOND_KEY/);
    expect(snippet(language, { ...call, key: 'eyJ.token' })).toMatch(/Bearer .*VISIOND_KEY/);
  });

  it.each(['curl', 'grpcurl'] as const)('in %s cannot be left by the name of a file, model or folder', (language) => {
    const hostile = snippet(language, {
      ...call,
      fileName: "-a'; rm -rf ~; '.png",
      folder: "it's",
      features: [{ type: 'CLASSIFICATION', classificationConfig: { model: "it's" } }],
    });
    expect(hostile).toContain(String.raw`< './-a'\''; rm -rf ~; '\''.png'`);
    expect(hostile.match(/it'\\''s/g)).toHaveLength(2);
  });

  it('in TypeScript and Python quotes the name of a file', () => {
    const odd = { ...call, fileName: String.raw`it's "a\b".png` };
    expect(snippet('TypeScript', odd)).toContain(String.raw`readFile('it\'s "a\\b".png', 'base64')`);
    expect(snippet('Python', odd)).toContain(String.raw`open("it's \"a\\b\".png", "rb")`);
  });
});
