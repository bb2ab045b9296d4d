import { describe, expect, it } from 'vitest';
import { parsePathTemplate } from './path-template.js';

function match(template: string, path: string): Record<string, string> | undefined {
  const variables = parsePathTemplate(template).match(path);
  return variables && Object.fromEntries(variables);
}

describe('parsePathTemplate', () => {
  it.each([
    ['/vision/v1/batchAnalyze', '/vision/v1/batchAnalyze', {}],
    ['/endpoints/{api_endpoint_id}', '/endpoints/ai-vision', { api_endpoint_id: 'ai-vision' }],
    ['/v1/{image.id}/copies/{copy}', '/v1/a%20b/copies/%D1%8F%2Fz', { 'image.id': 'a b', copy: 'я/z' }],
    ['/v1/{name=folders/*/images/*}', '/v1/folders/a/images/b', { name: 'folders/a/images/b' }],
    ['/v1/{name=files/**}', '/v1/files/a/b%2Fc', { name: 'files/a/b%2Fc' }],
    ['/v1/{id}:verify', '/v1/x:verify', { id: 'x' }],
    ['/v1/*/x', '/v1/anything/x', {}],
    ['/v1/a.b', '/v1/a.b', {}],
  ])('%s matches %s', (template, path, variables) => {
    expect(match(template, path)).toEqual(variables);
  });

  it.each([
    ['/v1/{id}', '/v1/a/b'],
    ['/v1/{id}', '/v1/'],
    ['/v1/{name=folders/*}', '/v1/images/a'],
    ['/v1/{id}:verify', '/v1/x'],
    ['/v1/a.b', '/v1/axb'],
    ['/v1/{id}', '/v1/%zz'],
  ])('%s does not match %s', (template, path) => {
    expect(match(template, path)).toBeUndefined();
  });

  it.each(['v1', '/v1/{', '/v1/{id', '/v1/{=x}', '/v1//x', '/v1/a}b', '/v1/x:a/b', '/v1/{id={x}}'])(
    'refuses %s',
    (template) => {
      expect(() => parsePathTemplate(template)).toThrow(template);
    },
  );

  it('knows which of two templates says more', () => {
    const of = (template: string): number => parsePathTemplate(template).specificity;
    expect(of('/v1/images:import')).toBeGreaterThan(of('/v1/{id}'));
    expect(of('/v1/{id}:verify')).toBeGreaterThan(of('/v1/{id}'));
  });

  it('writes the path for OpenAPI', () => {
    expect(parsePathTemplate('/v1/{name=folders/*}/x/{id}').openApiPath).toBe('/v1/{name}/x/{id}');
  });
});
