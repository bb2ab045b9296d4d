import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { registry } from '../../contract/descriptors.js';
import type { BoundMethod } from '../../pipeline/call.js';
import { requestLimits } from '../../pipeline/request-limits.js';
import { describeApi } from './openapi.js';

/** Every method in proto/: what is described does not depend on what it does. */
const methods: BoundMethod[] = [...registry]
  .filter((descriptor) => descriptor.kind === 'service')
  .flatMap((service) => service.methods.map(({ name }) => `/${service.typeName}/${name}`))
  .map((path) => ({
    path,
    isPublic: path.includes('iam'),
    limits: requestLimits(path, 1000),
    call: () => Promise.reject(new Error('not called')),
  }));
const document = describeApi(methods, '1.2.3');

/** What stands at a path of keys. */
function at(...keys: string[]): unknown {
  return keys.reduce<unknown>((value, key) => Reflect.get(Object(value), key), document);
}
const schema = (name: string, ...keys: string[]): unknown =>
  at('components', 'schemas', `yandex.cloud.ai.vision.v1.${name}`, ...keys);

describe('describeApi', () => {
  it('is valid OpenAPI 3.1', async () => {
    const validator = new Validator();
    const { valid, errors } = await validator.validate(structuredClone(document));
    expect(errors).toBeUndefined();
    expect(valid).toBe(true);
    expect(validator.version).toBe('3.1');
  });

  it('has the limits and the comments of proto/', () => {
    expect(schema('BatchAnalyzeRequest', 'properties', 'analyzeSpecs')).toEqual({
      type: 'array',
      items: { $ref: '#/components/schemas/yandex.cloud.ai.vision.v1.AnalyzeSpec' },
      minItems: 1,
      maxItems: 8,
      description: 'One specification per image.',
    });
    expect(schema('BatchAnalyzeRequest', 'properties', 'folderId')).toMatchObject({ type: 'string', maxLength: 50 });
    expect(schema('AnalyzeSpec', 'properties', 'content')).toMatchObject({
      contentEncoding: 'base64',
      maxLength: 13_981_018,
    });
    expect(schema('AnalyzeSpec', 'allOf')).toEqual([
      { oneOf: [{ required: ['content'] }, { required: ['signature'] }] },
    ]);
    expect(schema('FeatureTextDetectionConfig', 'properties', 'languageCodes')).toMatchObject({
      maxItems: 8,
      items: { maxLength: 3 },
    });
    expect(schema('Feature', 'properties', 'type')).toMatchObject({ enum: expect.arrayContaining(['FACE_DETECTION']) });
    expect(schema('Vertex', 'properties', 'x')).toMatchObject({ type: 'string', format: 'int64' });
  });

  it('has parameters of paths and queries, and says what needs no key', () => {
    expect(at('paths', '/endpoints/{api_endpoint_id}', 'get', 'parameters')).toEqual([
      { name: 'api_endpoint_id', in: 'path', required: true, schema: expect.objectContaining({ type: 'string' }) },
    ]);
    expect(at('paths', '/endpoints', 'get', 'parameters')).toMatchObject([
      { name: 'pageSize', in: 'query' },
      { name: 'pageToken', in: 'query' },
    ]);
    expect(at('paths', '/iam/v1/tokens', 'post', 'security')).toEqual([]);
    expect(at('paths', '/vision/v1/batchAnalyze', 'post')).not.toHaveProperty('security');
  });

  it('refers to nothing that is not there, and gives every operation a name of its own', () => {
    const text = JSON.stringify(document);
    const names = new Set(Object.keys(Object(at('components', 'schemas'))));
    for (const [, name = ''] of text.matchAll(/#\/components\/schemas\/([\w.]+)"/g)) expect(names).toContain(name);
    const ids = [...text.matchAll(/"operationId":"(\w+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
